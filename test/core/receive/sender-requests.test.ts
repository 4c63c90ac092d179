// Invariant: a request or a stream at the wrong time, or from another device, is refused and changes nothing; an accepted
// sender may do exactly what the protocol allows in that state.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { cancelUpload, textOf } from '../../../main/core/protocol/localsend/calls.ts'
import { TECHNIQUE_PATH } from '../../../main/core/protocol/localsend/messages.ts'
import { acceptedSender, fileFrames, hold } from '../../support/scripted/accepted-sender.ts'
import { clientOf, newIdentity } from '../../support/penstock/control.ts'
import { encodeFrame } from '../../support/scripted/frames.ts'
import { endOf, nameOf, watchProcess } from '../../support/scripted/peer-table.ts'
import { openBody } from '../../support/scripted/sender.ts'

const END = encodeFrame({ name: 'END' })
test('a stream and a body that come while their transfer is discarded are refused', async (t) => {
  const { escaped } = watchProcess(t)
  const { begin, client, reported, dir } = await acceptedSender(t)
  const discarding = hold(t, 'removeStaging')
  const { transfer, stream, sessionId } = await begin('none', 2)
  const end = endOf(transfer)
  transfer.cancel()
  await discarding.called
  await assert.rejects(stream(0), /closed before HELLO/)
  await assert.rejects(stream(1), /closed before HELLO/)
  assert.equal((await openBody(client, sessionId)).status, 400)
  discarding.release()
  assert.equal(await end, 'cancelled here cancelled-here')
  await assert.rejects(stream(0), /closed before HELLO/)
  assert.equal((await openBody(client, sessionId)).status, 403)
  assert.deepEqual([escaped, reported, await readdir(dir)], [[], [], []])
})

test('a stream that comes while its transfer is discarded after another stream broke it is refused', async (t) => {
  const { escaped } = watchProcess(t)
  const { begin, reported } = await acceptedSender(t)
  const discarding = hold(t, 'removeStaging')
  const { transfer, stream } = await begin('none', 3)
  const end = endOf(transfer)
  const first = await stream(0)
  first.write(Buffer.alloc(24, 0xff))
  await discarding.called
  await assert.rejects(stream(1), /closed before HELLO/)
  transfer.cancel()
  discarding.release()
  assert.equal(await end, 'failed protocol')
  assert.deepEqual([escaped, reported], [[], []])
})

test('each stream once, a body once, and none of them of another device', async (t) => {
  const { begin, client, receiving } = await acceptedSender(t)
  const { transfer, stream, sessionId } = await begin('none', 2)
  // The session lives, and the stream is free: only the secret is wrong.
  await assert.rejects(stream(0, randomBytes(32)), /closed before HELLO/)
  const first = await stream(0)
  await assert.rejects(stream(0), /closed before HELLO/)
  await assert.rejects(stream(3), /closed before HELLO/)
  const stranger = clientOf(t, await newIdentity(t), receiving.port)
  assert.equal((await openBody(stranger, sessionId)).status, 403)
  const body = await openBody(client, sessionId)
  assert.equal(body.status, 200)
  assert.equal((await openBody(client, sessionId)).status, 400)
  await assert.rejects(stream(1), /closed before HELLO/)
  const end = endOf(transfer)
  body.stream?.end(encodeFrame({ name: 'CANCEL', code: 1, errno: 0 }))
  assert.equal(await end, 'cancelled peer cancelled-by-peer')
  first.close()
})

test('a body cannot follow content that came on a stream', async (t) => {
  const { begin, client } = await acceptedSender(t)
  const { transfer, streams, sessionId } = await begin('none')
  const end = endOf(transfer)
  const first = await streams()
  first.write(fileFrames(0, true))
  await first.frame('VERIFIED')
  assert.equal((await openBody(client, sessionId)).status, 400)
  first.write(Buffer.concat([fileFrames(1, true), END]))
  await first.frame('DONE')
  first.close()
  assert.equal(await end, 'done')
})

test('the sender takes its transfer back in every state before the first name', async (t) => {
  const { begin, client, receiving, reported } = await acceptedSender(t)
  const stranger = clientOf(t, await newIdentity(t), receiving.port)
  for (const count of [0, 2] as const) {
    const { transfer, transferId, streams } = await begin('none')
    const end = endOf(transfer)
    const opened = count === 0 ? null : await streams()
    await cancelUpload(stranger, transferId)
    assert.equal(transfer.view().state.kind, count === 0 ? 'offered' : 'running')
    await cancelUpload(client, transferId)
    assert.equal(await end, 'cancelled peer cancelled-by-peer')
    opened?.close()
  }
  assert.deepEqual(reported, [])
})

test('a request that comes while the receiver commits gets what the protocol gives it there, and changes nothing else', async (t) => {
  const { escaped } = watchProcess(t)
  const { begin, client, receiving, reported } = await acceptedSender(t, { durability: 'commit' })
  const stranger = clientOf(t, await newIdentity(t), receiving.port)
  const poll = async (sessionId: string): Promise<number> => {
    const body = Buffer.from(JSON.stringify({ technique: null }))
    const answer = await client.request({ method: 'POST', path: TECHNIQUE_PATH, query: { sessionId }, body })
    await textOf(answer.body)
    return answer.status
  }
  for (const held of ['syncTree', 'commit'] as const) {
    for (const by of ['peer', 'here'] as const) {
      const holding = hold(t, held)
      const { transfer, transferId, sessionId, stream, streams } = await begin('none')
      const end = endOf(transfer)
      const opened = await streams()
      opened.write(Buffer.concat([fileFrames(0, true), fileFrames(1, true), END]))
      await holding.called
      await assert.rejects(stream(0), /closed before HELLO/)
      await assert.rejects(stream(1), /closed before HELLO/)
      assert.equal((await openBody(client, sessionId)).status, 400)
      assert.equal((await openBody(stranger, sessionId)).status, 403)
      assert.equal(await poll(sessionId), 200)
      assert.equal(await cancelUpload(stranger, transferId), false)
      assert.equal(transfer.view().state.kind, 'committing')
      const isCancelled = held === 'syncTree'
      if (by === 'here') transfer.cancel()
      else assert.equal(await cancelUpload(client, transferId), isCancelled)
      holding.release()
      const last = await opened.frame(isCancelled ? 'ERROR' : 'DONE')
      assert.ok(last)
      opened.close()
      assert.equal(
        await end,
        isCancelled ? `cancelled ${by} cancelled-${by === 'here' ? 'here' : 'by-peer'}` : 'done',
      )
    }
  }
  assert.deepEqual([escaped, reported], [[], []])
})

test('a sender whose connection closes behind DONE, before its body has ended, is not waited for', async (t) => {
  const { begin, client } = await acceptedSender(t)
  const { transfer, sessionId } = await begin('tls')
  const { stream } = await openBody(client, sessionId)
  assert.ok(stream)
  stream.write(Buffer.concat([fileFrames(0, false), fileFrames(1, false), END]))
  await stream.frame('DONE')
  await stream.closed
  client.close()
  // Without the end of the connection the receiver waits 5 s.
  const late = sleep(4000, null, { ref: false })
  assert.equal((await Promise.race([transfer.ended, late]))?.kind, 'done')
})

test('a stream request after the end is answered with the outcome', async (t) => {
  const { begin, client } = await acceptedSender(t)
  const { transfer, sessionId, streams } = await begin('none')
  const opened = await streams()
  opened.end(encodeFrame({ name: 'CANCEL', code: 15, errno: 0 }))
  assert.equal(nameOf(await transfer.ended), 'failed timed-out')
  assert.equal((await openBody(client, sessionId)).status, 408)
})

test('polls of the technique are answered up to their rate', async (t) => {
  const { begin, client } = await acceptedSender(t)
  const { sessionId, transfer } = await begin('none')
  let changes = 0
  transfer.onChange(() => changes++)
  const statuses: number[] = []
  for (let count = 0; count < 60; count += 1) {
    const { status, body } = await client.request({
      ...{ method: 'POST', path: TECHNIQUE_PATH, query: { sessionId } },
      body: Buffer.from(JSON.stringify({ technique: count % 2 ? 'mmap' : 'sendfile' })),
    })
    statuses.push(status)
    await textOf(body)
  }
  assert.ok(statuses.slice(0, 20).every((status) => status === 200))
  assert.ok(statuses.filter((status) => status === 429).length > 0)
  assert.ok(changes < 60)
  transfer.cancel()
  await transfer.ended
})
