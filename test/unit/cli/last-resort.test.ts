// Invariant: only a programming error exits with 70; what the system refuses is not one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitOfEnd } from '../../../main/cli/exit.ts'
import { problemOfThrown } from '../../../main/cli/last-resort.ts'
import { PenstockError } from '../../../main/contract/errors.ts'

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
