// Invariant: while the user is asked, only the sender's departure changes anything. Its transfer ends once, no error escapes
// into the process, and another device's transfer is not affected.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import type { Transfer } from '../../../main/core/api.ts'
import { cancelUpload, textOf } from '../../../main/core/protocol/localsend/calls.ts'
import { TECHNIQUE_PATH } from '../../../main/core/protocol/localsend/messages.ts'
import type { ControlClient } from '../../../main/core/protocol/http/client.ts'
import { withResolvers } from '../../../main/core/transfer/lifecycle.ts'
import { clientOf, newIdentity } from '../../support/penstock/control.ts'
import { encodeFrame } from '../../support/scripted/frames.ts'
import { endOf, underHonestTransfers } from '../../support/scripted/peer-table.ts'
import { listening } from '../../support/scripted/receiving.ts'
import { openBody, openStream, sendOffer } from '../../support/scripted/sender.ts'

/** A sender whose offer waits for the receiver's user. */
interface Asked {
  readonly client: ControlClient
  readonly dataPort: number
  readonly transferId: string
  /** Aborts the request that offers. */
  leave(): void
  /** The status of the same offer sent once more. */
  again(): Promise<number>
}

const EVENTS: readonly { name: string; send: (asked: Asked) => Promise<unknown>; ends: string }[] = [
  {
    name: 'a stream with a guessed session and secret',
    send: ({ dataPort }) =>
      assert.rejects(
        openStream(dataPort, { sessionId: randomBytes(16).toString('hex'), secret: randomBytes(32) }),
        /closed before HELLO/,
      ),
    ends: 'done',
  },
  {
    name: 'a stream with its own id for a session',
    send: ({ dataPort, transferId }) =>
      assert.rejects(
        openStream(dataPort, { sessionId: transferId, secret: Buffer.alloc(32) }),
        /closed before HELLO/,
      ),
    ends: 'done',
  },
  {
    name: 'a body',
    send: async ({ client, transferId }) => {
      assert.equal((await openBody(client, transferId)).status, 403)
    },
    ends: 'done',
  },
  {
    name: 'a poll of the technique',
    send: async ({ client, transferId }) => {
      const { status, body } = await client.request({
        ...{ method: 'POST', path: TECHNIQUE_PATH, query: { sessionId: transferId } },
        body: Buffer.from('{"technique":"mmap"}'),
      })
      await textOf(body)
      assert.equal(status, 404)
    },
    ends: 'done',
  },
  {
    name: 'the same offer once more',
    send: async ({ again }) => assert.equal(await again(), 409),
    ends: 'done',
  },
  {
    name: 'a cancel',
    send: ({ client, transferId }) => cancelUpload(client, transferId),
    ends: 'done',
  },
  {
    name: 'the end of its connection',
    send: async ({ leave }) => {
      leave()
      await Promise.resolve()
    },
    ends: 'cancelled peer cancelled-by-peer',
  },
]

test('while the offer is asked', async (t) => {
  const reported: unknown[] = []
  const questions = new Map<string, (accept: { accept: true }) => void>()
  const arrived = new Map<string, (transfer: Transfer) => void>()
  const { receiving, dir } = await listening(
    t,
    {
      decide: ({ transferId }, signal) =>
        new Promise((resolve) => {
          questions.set(transferId, resolve)
          signal.addEventListener('abort', () => resolve({ accept: true }), { once: true })
        }),
    },
    { onProgrammingError: (error) => reported.push(error) },
  )
  receiving.onTransfer((transfer) => arrived.get(transfer.view().transferId)?.(transfer))
  await underHonestTransfers(t, EVENTS, async ({ send, ends }) => {
    const identity = await newIdentity(t)
    const client = clientOf(t, identity, receiving.port)
    const transferId = randomBytes(16).toString('hex')
    const came = withResolvers<Transfer>()
    arrived.set(transferId, came.resolve)
    const leaving = new AbortController()
    const offer = { transferId, cipher: 'tls', entries: [] } as const
    const answered = sendOffer(client, identity, offer, leaving.signal).catch(() => null)
    const transfer = await came.promise
    const end = endOf(transfer)
    await send({
      ...{ client, transferId, dataPort: receiving.dataPort ?? 0 },
      leave: () => leaving.abort(),
      again: async () => (await sendOffer(client, identity, offer)).status,
    })
    if (ends === 'done') {
      assert.equal(transfer.view().state.kind, 'offered')
      questions.get(transferId)?.({ accept: true })
      const { stream } = await openBody(client, (await answered)?.answer?.sessionId ?? '')
      assert.ok(stream)
      stream.write(encodeFrame({ name: 'END' }))
      await stream.frame('DONE')
      stream.close()
    }
    assert.equal(await end, ends)
  })
  assert.deepEqual(reported, [])
  assert.deepEqual(await readdir(dir), [])
})
