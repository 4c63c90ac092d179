// Invariant: paths that cannot be sent do not stop the others, and the exit code reports them.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProcess } from '../../support/processes/process.ts'
import { jsonLines } from '../fake.ts'

if (process.platform === 'linux') {
  test('what cannot be sent is listed, the rest is sent, and the exit code is 1', async (t) => {
    const root = await mkdtemp(join(tmpdir(), 'penstock-left-'))
    t.after(() => rm(root, { recursive: true, force: true }))
    await writeFile(join(root, 'a.txt'), 'content')
    execFileSync('mkfifo', [join(root, 'fifo')])
    const paths = ['fifo', 'a.txt', 'missing'].map((name) => join(root, name))
    const { exit, out } = await runProcess([
      ...['send', ...paths, '--to-folder', join(root, 'to'), '--state', join(root, 's'), '--json'],
    ])
    assert.equal(exit, 1)
    const report = jsonLines(out).at(-1)
    assert.equal(report?.['event'], 'report')
    assert.match(JSON.stringify(report['notDelivered']), /fifo.*not-regular.*missing.*no-such-path/)
    assert.deepEqual(await readdir(join(root, 'to')), ['a.txt'])
  })

  // No path of the first can be examined, which ends the command; with the second a transfer begins.
  for (const names of [
    ['missing', 'a.txt/below'],
    ['fifo', 'missing'],
  ]) {
    test(`where nothing can be sent, each path is named: ${names.join(', ')}`, async (t) => {
      const root = await mkdtemp(join(tmpdir(), 'penstock-left-'))
      t.after(() => rm(root, { recursive: true, force: true }))
      await writeFile(join(root, 'a.txt'), 'content')
      execFileSync('mkfifo', [join(root, 'fifo')])
      const paths = names.map((name) => join(root, name))
      const command = ['send', ...paths, '--to-folder', join(root, 'to'), '--state', join(root, 's')]
      const [people, machine] = await Promise.all([runProcess(command), runProcess([...command, '--json'])])
      assert.deepEqual([people.exit, machine.exit], [1, 1])
      const end = jsonLines(machine.out).at(-1)
      assert.equal(end?.['event'], 'failed')
      for (const name of names) {
        assert.match(people.out, new RegExp(`^Not delivered: .*${name} – `, 'mu'))
        assert.ok(JSON.stringify(end['notDelivered']).includes(name), JSON.stringify(end))
      }
    })
  }
}
