// Invariant: only a programming error exits with 70; an error of the system does not.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { exitOfEnd } from '../../../main/cli/exit.ts'
import { problemOfThrown } from '../../../main/cli/last-resort.ts'
import { temporaryFolder } from '../../support/files/temporary.ts'
import { receiver, sendTo } from '../../support/processes/cli.ts'
import { runProcess } from '../../support/processes/process.ts'
import { jsonLines } from '../fake.ts'
import { PenstockError } from '../../../main/contract/errors.ts'

const root = temporaryFolder('resort', { file: 'content' })

test('a transfer that failed of an error of Penstock itself exits with 70', () => {
  assert.equal(exitOfEnd({ kind: 'failed', problem: { code: 'internal' } }), 70)
})

test('a call of the system that failed is no programming error', () => {
  const failed = (code: string) =>
    Object.assign(new Error(code), { code, errno: -1, syscall: 'open', path: '/there' })
  const table = [
    ['ENOSPC', 'folder-full'],
    ['EACCES', 'no-permission'],
    ['ENOENT', 'io'],
  ] as const
  for (const [errno, code] of table) {
    const problem = problemOfThrown(failed(errno))
    assert.equal(problem.code, code)
    assert.equal(problem.params?.['path'], '/there')
  }
  assert.equal(problemOfThrown(new PenstockError('busy')).code, 'busy')
  assert.equal(problemOfThrown(new TypeError('x')).code, 'internal')
  assert.equal(problemOfThrown('text').code, 'internal')
})

test(
  'a programming error within a transfer: its stack once, one closing line, 70',
  { timeout: 60_000 },
  async () => {
    const receiving = await receiver(join(root, 'in'), join(root, 'r'))
    const sending = sendTo(receiving.port, join(root, 'file'), join(root, 's'))
    const { exit, out, err } = await runProcess([...sending, '--json'], {
      preload: [new URL('../../support/processes/error-in-transfer.mjs', import.meta.url).href],
    })
    receiving.child.kill()
    assert.equal(exit, 70, err)
    assert.equal(err.match(/^TypeError: made on purpose\n {4}at /gm)?.length, 1, err)
    assert.doesNotMatch(err, /Warning/)
    const [closing, ...more] = jsonLines(out).filter(({ event }) => event !== 'progress')
    assert.equal(more.length, 0)
    assert.equal(closing?.['event'], 'failed')
    assert.match(JSON.stringify(closing['problem']), /"code":"internal"/)
    await receiving.exit
  },
)
