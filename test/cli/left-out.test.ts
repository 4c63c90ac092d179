// Invariant: paths that cannot be sent cost themselves only, and the exit code tells of them.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProcess } from '../support/process.ts'
import { jsonLines } from './fake.ts'

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
}
