// Invariant: for any output and any end of a child receiver, the parent gets its port or one clear failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitOfProblem } from '../../../main/cli/exit.ts'
import { startReceiver } from '../../../main/core/compare/child-receiver.ts'
import { PenstockError } from '../../../main/contract/errors.ts'

const LISTENING = '{"event":"listening","port":4711}'
const SENDER = 'ab'.repeat(32)

/** A receiver that is this program. */
const program = (script: string) => ({ file: process.execPath, args: ['--eval', script, '--'] })

async function failure(self: { file: string; args: readonly string[] }, limitMs = 20_000): Promise<string> {
  try {
    await startReceiver(self, SENDER, [], limitMs)
  } catch (error) {
    assert.ok(error instanceof PenstockError)
    assert.equal(error.code, 'receiver-ended')
    assert.equal(exitOfProblem(error), 1)
    return String(error.params['message'])
  }
  return assert.fail('started')
}

test('lines of any shape are no harm, before it listens and after', async () => {
  const garbage = [
    '',
    'text',
    '{',
    'null',
    '[]',
    '7',
    '{"event":7}',
    '{"event":"listening","port":"x"}',
    '\0\xff',
  ]
  const lines = [...garbage, LISTENING, ...garbage, '{"event":"report","n":1}', ...garbage]
  const receiver = await startReceiver(
    program(`for (const line of ${JSON.stringify(lines)}) console.log(line)`),
    SENDER,
    [],
  )
  assert.equal(receiver.port, 4711)
  assert.deepEqual(await receiver.line(({ event }) => event === 'report', 20_000), { event: 'report', n: 1 })
  const { exit, lines: read } = await receiver.ended
  assert.equal(exit, 0)
  assert.deepEqual(
    read.map(({ event }) => event),
    ['listening', 'listening', 'listening', 'report', 'listening'],
  )
  await receiver.stop(1000)
})

test('what it printed is in the failure where it ends before it listens', async () => {
  assert.equal(
    await failure(program('console.log("out"); console.error("err"); process.exitCode = 3')),
    'out\nerr',
  )
  assert.equal(await failure(program('')), '')
  assert.ok((await failure(program('console.log("x".repeat(1e6))'))).length <= 4000)
})

test('one that does not listen in time is ended', async () => {
  assert.equal(
    await failure(program('console.log("garbage"); setInterval(() => undefined, 1000)'), 1500),
    'garbage',
  )
})

test('one that cannot be started', async () => {
  for (const file of ['/nothing/there', '/etc/passwd', '/dev/null/x', 'a\0b']) {
    assert.notEqual(await failure({ file, args: [] }), '', file)
  }
})
