// Invariant: for any answer of a receiver to an offer or a stream, the sender's transfer ends once, in an end that the protocol
// gives for it; no error escapes into the process, and a transfer to another device is not affected.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Walk } from '../../../main/core/source/walk.ts'
import { offerRefusal, streamRefusal } from '../../../main/core/protocol/penstock/status.ts'
import { BODIES, STATUSES } from '../../support/scripted/peer-table.ts'
import {
  acceptance,
  answering,
  type AnswerRequest,
  scriptedReceivers,
} from '../../support/scripted/receiver.ts'
import { scriptedSending } from '../../support/scripted/sending.ts'

const { send, underTable } = scriptedSending()

/** The end after an answer to an offer, by its code; for all other codes by the status. */
const OFFER_ENDS: Readonly<Record<string, string>> = {
  refused: 'refused peer refused',
  'refused-unattended': 'refused peer refused-unattended',
  'pin-needed': 'refused peer pin-needed',
  'pin-wrong': 'refused peer pin-wrong',
  busy: 'refused peer busy',
  'too-many-attempts': 'refused peer too-many-attempts',
  'timed-out': 'failed timed-out',
  protocol: 'failed protocol',
  'version-unsupported': 'failed version-unsupported',
  'disk-full': 'failed disk-full',
  'no-permission': 'failed no-permission',
  'target-unusable': 'failed target-unusable',
  io: 'failed io',
  'unsafe-name': 'failed unsafe-name',
  'too-many-files': 'failed too-many-files',
  'offer-too-large': 'failed offer-too-large',
  cancelled: 'cancelled peer cancelled-by-peer',
}

const OFFER_STATUS_ENDS: Readonly<Record<number, string>> = {
  401: 'refused peer pin-needed',
  403: 'refused peer refused',
  409: 'refused peer busy',
  413: 'failed offer-too-large',
  429: 'refused peer too-many-attempts',
  507: 'failed disk-full',
}

/** The end after an answer to a stream, by its code. The user has consented: no answer revokes that. */
const STREAM_ENDS: Readonly<Record<string, string>> = {
  cancelled: 'cancelled peer cancelled-by-peer',
  'timed-out': 'failed timed-out',
  protocol: 'failed protocol',
  'disk-full': 'failed disk-full',
  'no-permission': 'failed no-permission',
  io: 'failed io',
  'peer-gone': 'failed peer-gone',
}

function codeOf(body: string): string {
  return /^\{"code":"([^"]+)"\}$/.exec(body)?.[1] ?? ''
}

const ANSWERS = STATUSES.flatMap((status, row) =>
  BODIES.map((body, column) => ({
    ...{ name: `${status} ${body}`, status, body, code: codeOf(body) },
    /** Every body once, with the statuses in turn: the same code reads every pair. */
    sent: column % STATUSES.length === row,
  })),
)
type AnswerCase = (typeof ANSWERS)[number]

function offerEnd({ status, code }: AnswerCase): string {
  const byStatus = OFFER_STATUS_ENDS[status] ?? (status >= 500 ? 'failed peer-failed' : 'failed protocol')
  return status === 200 || status === 204 ? 'failed protocol' : (OFFER_ENDS[code] ?? byStatus)
}

function streamEnd({ status, code }: AnswerCase): string {
  const byStatus = status >= 500 ? 'failed peer-failed' : 'failed protocol'
  return status === 204 ? byStatus : (STREAM_ENDS[code] ?? byStatus)
}

test('every status with every code has its meaning, for an offer and for a stream', () => {
  const refusing = ANSWERS.filter(({ status }) => status > 204)
  assert.equal(refusing.length, (STATUSES.length - 2) * BODIES.length)
  for (const one of refusing) {
    const { status, body, name } = one
    const offer = offerRefusal(status, body, { pinSent: false, peer: 'peer' })
    assert.equal(offer.code, offerEnd(one).split(' ').at(-1), name)
    assert.equal(streamRefusal(status, body).code, streamEnd(one).split(' ').at(-1), name)
  }
})

describe('an offer answered', () => {
  test('by every status and every code', async (t) => {
    const sent = ANSWERS.filter((one) => one.sent)
    await underTable(t, sent, async (one, receivers) => {
      await receivers.with({ offer: answering(one.status, one.body) }, async (device) => {
        assert.equal(await send(device, 'encrypted'), offerEnd(one))
      })
    })
  })

  test('by an acceptance that is not one', async (t) => {
    const good = acceptance()
    const change = (from: string | RegExp, to: string) => good.replace(from, to)
    const bad = [
      ...[good.slice(0, -1), `${good}}`, change(/"sessionId":"[^"]*"/, '"sessionId":"x"')],
      ...[change(/"secret":"[^"]*"/, '"secret":"AAAA"'), change('"check":"on"', '"check":true')],
      ...[change('"dataPort":null', '"dataPort":70000'), change('"dataPort":null', '"dataPort":0')],
      ...[change('"refused":[]', '"refused":[{"index":0,"code":"refused"}]')],
      ...[change('"durability":"os"', '"durability":"never"')],
    ].map((body) => ({ name: body, body }))
    await underTable(t, bad, async ({ body }, receivers) => {
      assert.notEqual(body, good)
      await receivers.with({ offer: answering(200, body) }, async (device) => {
        assert.equal(await send(device, 'clear'), 'failed protocol')
      })
    })
  })

  test('by a connection that closes', async (t) => {
    const cases: readonly { name: string; offer: AnswerRequest; ends: readonly string[] }[] = [
      { name: 'closed', offer: (request) => void request.destroy(), ends: ['failed peer-gone'] },
      {
        name: 'closed in the answer',
        offer: (request, response) => {
          request.resume()
          response.writeHead(200, { 'content-length': 1000 }).write('{"ses')
          setImmediate(() => response.destroy())
        },
        ends: ['failed peer-gone'],
      },
    ]
    await underTable(t, cases, async ({ offer, ends }, receivers) => {
      await receivers.with({ offer }, async (device) => {
        assert.ok(ends.includes(await send(device, 'encrypted')))
      })
    })
  })
})

test('an acceptance before the offer has ended', async (t) => {
  let release: () => void = () => undefined
  const found = new Promise<void>((resolve) => (release = resolve))
  t.mock.method(Walk.prototype, 'search', () => found)
  const receivers = scriptedReceivers(t)
  const offer: AnswerRequest = (request, response) => {
    request.resume()
    response.end(acceptance())
  }
  await receivers.with({ offer }, async (device) => {
    assert.equal(await send(device, 'encrypted'), 'failed protocol')
    release()
  })
})

describe('a stream request answered', () => {
  test('by every status and every code', async (t) => {
    const refusing = ANSWERS.filter(({ status, sent }) => sent && status !== 200)
    await underTable(t, refusing, async (one, receivers) => {
      await receivers.with(
        {
          offer: answering(200, acceptance({ cipher: 'tls' })),
          stream: (request, response) => {
            request.resume()
            response
              .writeHead(one.status, { 'content-type': 'application/json' })
              .end(one.status === 204 ? undefined : one.body)
          },
        },
        async (device) => {
          assert.equal(await send(device, 'encrypted'), streamEnd(one))
        },
      )
    })
  })

  test('by 200 and a body that is no frames', async (t) => {
    const bodies = BODIES.map((body) => ({ name: body, body }))
    await underTable(t, bodies, async ({ body }, receivers) => {
      await receivers.with(
        {
          offer: answering(200, acceptance({ cipher: 'tls' })),
          stream: (request, response) => {
            request.resume()
            response.writeHead(200).end(body.padEnd(24, ' '))
          },
        },
        async (device) => {
          assert.equal(await send(device, 'encrypted'), 'failed protocol')
        },
      )
    })
  })
})
