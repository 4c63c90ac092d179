// Invariant: whatever is tried in whatever order, a transfer ends once, and its first end stands.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TransferState } from '../../../main/contract/transfer.ts'
import { isTerminal, Lifecycle } from '../../../main/core/transfer/lifecycle.ts'

const problem = { code: 'internal' as const }
const states: readonly TransferState[] = [
  { kind: 'preparing' },
  { kind: 'offered' },
  { kind: 'running' },
  { kind: 'committing' },
  { kind: 'refused', by: 'peer', problem },
  { kind: 'cancelled', by: 'here', problem },
  { kind: 'cancelled', by: 'peer', problem },
  { kind: 'failed', problem },
]

test('exactly one terminal state, and `ended` resolves with it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...states), { maxLength: 30 }), async (moves) => {
      const lifecycle = new Lifecycle({ kind: 'preparing' })
      let ends = 0
      lifecycle.onChange(() => {
        if (isTerminal(lifecycle.state)) ends++
      })
      for (const move of [...moves, { kind: 'failed' as const, problem }]) {
        try {
          lifecycle.move(move)
        } catch {
          // An illegal move changes nothing.
        }
      }
      assert.equal(ends, 1)
      assert.deepEqual(await lifecycle.ended, lifecycle.state)
    }),
  )
})

test('nothing goes back', () => {
  const lifecycle = new Lifecycle({ kind: 'running' })
  assert.throws(() => lifecycle.move({ kind: 'offered' }))
  assert.throws(() => lifecycle.move({ kind: 'preparing' }))
  assert.equal(lifecycle.state.kind, 'running')
})
