// Invariant: output that fails does not stop a transfer and prints no stack trace; the exit code is 1. A reader that closes
// its end is no failure.
import assert from 'node:assert/strict'
import { openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/files/temporary.ts'
import { receiver } from '../../support/processes/cli.ts'
import { runProcess } from '../../support/processes/process.ts'

const root = temporaryFolder('full', { 'file.txt': 'content' })

const COMMANDS = [
  'help',
  'help send',
  '--version',
  'history',
  'peers --for 0.1',
  'techniques',
  'send FILE --to-folder DIR',
  'receive --port 0 --hidden --once --dir DIR',
]
const fill = (line: string): string[] => [
  ...line
    .split(' ')
    .map((word) => word.replace('FILE', join(root, 'file.txt')).replace('DIR', join(root, 'to'))),
  ...['--state', join(root, 'state')],
]
const CANNOT = 'penstock: Cannot write to standard output: no space left on the device.\n'

if (process.platform === 'linux') {
  const full = openSync('/dev/full', 'w')
  for (const command of COMMANDS) {
    test(`a full disk: ${command}`, async () => {
      // Without devices and transfers these two have nothing to print as JSON.
      for (const json of /^(?:history|peers)/u.test(command) ? [[]] : [[], ['--json']]) {
        const { exit, err } = await runProcess([...fill(command), ...json], { stdout: full })
        assert.equal(exit, 1)
        assert.equal(err, CANNOT)
        assert.equal((await runProcess([...fill(command), ...json], { stdout: full, stderr: full })).exit, 1)
      }
    })
  }

  test('a problem that cannot be printed keeps its exit code', async () => {
    assert.equal((await runProcess(['send'], { stderr: full })).exit, 2)
  })

  test('a transfer is finished on both sides', { timeout: 60_000 }, async () => {
    const dir = join(root, 'received')
    const receiving = await receiver(dir, join(root, 'r'), ['--once'])
    const line = `send FILE --to 127.0.0.1:${String(receiving.port)}`
    const { exit, err } = await runProcess(fill(line), { stdout: full })
    assert.equal(exit, 1)
    assert.equal(err, CANNOT)
    assert.equal(await receiving.exit, 0)
    assert.equal(await readFile(join(dir, 'file.txt'), 'utf8'), 'content')
  })
}

for (const command of COMMANDS) {
  test(`a reader that closed its end: ${command}`, async () => {
    const { exit, err } = await runProcess(fill(command), {
      started: (child) => {
        child.stdout?.destroy()
      },
    })
    assert.equal(exit, 0)
    assert.equal(err, '')
  })
}
