// Invariant: for anything an accepted sender sends in any state, the receiver's transfer ends once, in an end that the protocol
// gives for it; no error escapes into the process, and another device's transfer is not affected.
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { acceptedSender, fileFrames } from '../../support/scripted/accepted-sender.ts'
import { endOf, underHonestTransfers } from '../../support/scripted/peer-table.ts'
import { openBody, type ScriptedStream } from '../../support/scripted/sender.ts'
import { SENDER_CASES, SENDER_STATES } from '../../support/scripted/sender-frames.ts'

const IN_STATES = SENDER_STATES.flatMap((state) =>
  SENDER_CASES.map((one) => ({ ...one, state, name: `${one.name}, ${state}` })),
)

/** Brings a stream into the state, sends the bytes, and closes. */
async function speak(stream: ScriptedStream, one: (typeof IN_STATES)[number], check: boolean): Promise<void> {
  const { state, bytes } = one
  const files = SENDER_STATES.indexOf(state)
  for (let file = 0; file < files; file += 1) stream.write(fileFrames(file, check))
  while (stream.frames.filter(({ name }) => name === 'VERIFIED').length < files) await stream.next()
  if (endIn(one) === 'done') {
    stream.write(bytes)
    await stream.frame('DONE')
    stream.close()
  } else if (bytes.length > 0) stream.end(bytes)
  else stream.close()
}

function endIn({ ends, state }: (typeof IN_STATES)[number]): string {
  return typeof ends === 'string' ? ends : ends[state]
}

describe('a frame of every type and code, in every state', () => {
  test('on a stream', async (t) => {
    // The receiver waits only briefly for a stream that closes without content.
    const { begin, reported, dir } = await acceptedSender(t, {}, { replaceMs: 50 })
    await underHonestTransfers(t, IN_STATES, async (one) => {
      const { transfer, streams } = await begin('none')
      const end = endOf(transfer)
      const opened = await streams()
      await speak(opened, one, true)
      assert.equal(await end, endIn(one))
      opened.close()
    })
    assert.deepEqual(reported, [])
    assert.ok(!(await readdir(dir)).some((name) => name.startsWith('.penstock')))
  })

  test('in a body', async (t) => {
    const { begin, reported, client, dir } = await acceptedSender(t)
    await underHonestTransfers(t, IN_STATES, async (one) => {
      const { transfer, sessionId } = await begin('tls')
      const end = endOf(transfer)
      const { stream } = await openBody(client, sessionId)
      assert.ok(stream)
      await speak(stream, one, false)
      assert.equal(await end, endIn(one))
      stream.close()
    })
    assert.deepEqual(reported, [])
    assert.ok(!(await readdir(dir)).some((name) => name.startsWith('.penstock')))
  })
})
