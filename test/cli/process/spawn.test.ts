// Invariant: the real process gives a shell the documented exit codes, streams and JSON lines, and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Ended, runProcess } from '../../support/processes/process.ts'
import { jsonLines } from '../fake.ts'

const penstock = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
  runProcess(args, { env: { LC_ALL: 'C', ...env } })

test('help goes to standard output and exits with 0', async () => {
  const { exit, out, err } = await penstock(['help'])
  assert.equal(exit, 0)
  assert.match(
    out,
    /^penstock – sends files[^]*Exit codes: 0 done, 1 failed or not all delivered, 2 usage error/,
  )
  assert.equal(err, '')
})

test('help of a command in Chinese', async () => {
  const { exit, out } = await penstock(['send', '--help'], { LC_ALL: 'zh_CN.UTF-8' })
  assert.equal(exit, 0)
  assert.match(out, /发送文件和文件夹/)
})

test('wrong use: the sentence on standard error, nothing on standard output, exit code 2', async () => {
  const { exit, out, err } = await penstock(['receive', '--port', 'x'])
  assert.equal(exit, 2)
  assert.equal(out, '')
  assert.equal(
    err,
    'penstock: --port is a whole number from 0 to 65535, but “x” was given.\n  See “penstock help receive”.\n',
  )
})

test('wrong use with --json: one JSON line on standard output as well', async () => {
  const { exit, out } = await penstock(['teleport', '--json'])
  assert.equal(exit, 2)
  const [line, ...more] = jsonLines(out)
  assert.equal(more.length, 0)
  assert.equal(line?.['event'], 'failed')
  assert.deepEqual(line['problem'], {
    code: 'usage',
    params: { why: 'command-unknown', command: 'teleport' },
  })
})

test('help and version with --json are JSON too', async () => {
  const [version] = jsonLines((await penstock(['--version', '--json'])).out)
  assert.match(String(version?.['version']), /^\d+\.\d+\.\d+$/)
  const [page] = jsonLines((await penstock(['help', '--json'])).out)
  assert.equal(page?.['event'], 'help')
})

test('a reader that has gone is no failure', async () => {
  const { exit, err } = await runProcess(['help'], { started: (child) => child.stdout?.destroy() })
  assert.equal(exit, 0)
  assert.equal(err, '')
})
