// Invariant: for any answer of a LocalSend receiver to any call, a transfer to it ends exactly once, with the reason that the
// answer gives; no rejection remains, an open session is closed, and another transfer is not affected.
import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { exitOfEnd } from '../../../main/cli/exit.ts'
import type { Device } from '../../../main/contract/device.ts'
import type { PartialDelivery, TerminalState } from '../../../main/contract/transfer.ts'
import type { Penstock, SendOptions } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { newIdentity } from '../../support/penstock/control.ts'
import { type Call, fakeReceiver, type Script } from '../../support/localsend/receiver.ts'
import { sendOptions } from '../../support/penstock/options.ts'

let root = ''
let sender: Penstock
const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)

const FILES = ['a.txt', 'b.txt', 'c.txt', 'd.txt']

before(async () => {
  process.on('unhandledRejection', note)
  root = await mkdtemp(join(tmpdir(), 'penstock-sender-answers-'))
  sender = await openPenstock({ stateDir: join(root, 'state'), alias: 'sender' })
  for (const name of FILES) await writeFile(join(root, name), name.repeat(1000))
})

after(async () => {
  await sender.close()
  await rm(root, { recursive: true, force: true })
  process.off('unhandledRejection', note)
})

const options = (to: Device, change: Partial<SendOptions> = {}): SendOptions =>
  sendOptions(
    FILES.map((name) => join(root, name)),
    to,
    { security: 'encrypted', ...change },
  )

/** Sends all files to a receiver with this script, beside a transfer to a receiver without one, and checks the invariant. */
async function outcome(t: TestContext, script: Script, files = FILES) {
  const [scripted, plain] = await Promise.all([
    fakeReceiver(t, await newIdentity(t), script),
    fakeReceiver(t, await newIdentity(t), () => false),
  ])
  const paths = files.map((name) => join(root, name))
  const transfer = sender.send(options(scripted.device, { paths }))
  let ends = 0
  transfer.onChange(() => {
    if (['done', 'refused', 'cancelled', 'failed'].includes(transfer.view().state.kind)) ends++
  })
  const other = sender.send(options(plain.device))
  const [end, untouched] = await Promise.all([transfer.ended, other.ended])
  await new Promise(setImmediate)
  assert.equal(untouched.kind, 'done')
  assert.equal(ends, 1)
  assert.deepEqual(unhandled, [])
  const lines = await sender.history(1000)
  assert.deepEqual(
    lines.filter((line) => line.transferId === transfer.id).map((line) => line.outcome),
    [end.kind],
  )
  return { end, receiver: scripted }
}

/** The paths that an end names, sorted; none if no file was confirmed. */
function knownOf(end: TerminalState): PartialDelivery {
  if (end.kind === 'refused') return { delivered: [], notDelivered: [] }
  if (end.kind !== 'done') return end.partial ?? { delivered: [], notDelivered: [] }
  const { notDelivered } = end.report
  const missed = new Set(notDelivered.map(({ path }) => path))
  return { delivered: FILES.filter((path) => !missed.has(path)), notDelivered }
}

const codeOf = (end: TerminalState): string =>
  end.kind === 'done' ? 'done' : `${end.kind} ${end.problem.code}`

type Reply = (request: IncomingMessage, response: ServerResponse) => void

const status =
  (code: number, body = ''): Reply =>
  (request, response) => {
    request.resume()
    response.writeHead(code).end(code === 204 ? undefined : body)
  }
const raw =
  (text: string): Reply =>
  ({ socket }) =>
    void socket.end(text)

const BROKEN: Readonly<Record<string, Reply>> = {
  'a broken connection': ({ socket }) => void socket.destroy(),
  'a broken answer': (_request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('{"files"')
    setTimeout(() => response.destroy(), 20)
  },
  'no HTTP': raw('what is this?\r\n\r\n'),
  'an upgrade': raw('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
}

const OFFER: readonly (readonly [string, Reply, string])[] = [
  ['204', status(204), 'refused nothing-selected'],
  ['{"files":{}}', status(200, '{"files":{}}'), 'refused nothing-selected'],
  ['an empty session', status(200, '{"sessionId":"s","files":{}}'), 'refused nothing-selected'],
  ['unknown files', status(200, '{"sessionId":"s","files":{"x":"t"}}'), 'refused nothing-selected'],
  ['no session', status(200, '{"files":{"0":"t"}}'), 'failed protocol'],
  ['{}', status(200, '{}'), 'failed protocol'],
  ['null', status(200, 'null'), 'failed protocol'],
  ['an empty body', status(200), 'failed protocol'],
  ['no JSON', status(200, '<html>'), 'failed protocol'],
  ['tokens that are numbers', status(200, '{"sessionId":"s","files":{"0":7}}'), 'failed protocol'],
  ['a list', status(200, '{"sessionId":"s","files":["t"]}'), 'failed protocol'],
  ['201', status(201), 'failed protocol'],
  ['302', status(302), 'failed protocol'],
  ['400', status(400), 'failed protocol'],
  ['401', status(401), 'refused pin-needed'],
  ['403', status(403), 'refused refused'],
  ['404', status(404), 'failed protocol'],
  ['409', status(409), 'refused busy'],
  ['418', status(418), 'failed protocol'],
  ['429', status(429), 'refused too-many-attempts'],
  ['500', status(500), 'failed peer-failed'],
  ['503', status(503), 'failed peer-failed'],
  ['a broken connection', BROKEN['a broken connection'] ?? assert.fail(), 'failed peer-gone'],
  ['a broken answer', BROKEN['a broken answer'] ?? assert.fail(), 'failed peer-gone'],
  ['no HTTP', BROKEN['no HTTP'] ?? assert.fail(), 'failed protocol'],
  ['an upgrade', BROKEN['an upgrade'] ?? assert.fail(), 'failed protocol'],
]

const UPLOAD: readonly (readonly [string, Reply, string])[] = [
  ['302', status(302), 'failed protocol'],
  ['400', status(400), 'failed peer-failed'],
  ['401', status(401), 'failed peer-failed'],
  ['403', status(403), 'cancelled cancelled-by-peer'],
  ['404', status(404), 'cancelled cancelled-by-peer'],
  ['409', status(409), 'cancelled cancelled-by-peer'],
  ['413', status(413), 'failed too-large'],
  ['418', status(418), 'failed protocol'],
  ['422', status(422), 'failed check-failed'],
  ['429', status(429), 'failed peer-failed'],
  ['500', status(500, '<html>'), 'failed peer-failed'],
  ['503', status(503), 'failed peer-failed'],
  ['507', status(507), 'failed disk-full'],
  ['a broken connection', BROKEN['a broken connection'] ?? assert.fail(), 'failed peer-gone'],
  ['no HTTP', BROKEN['no HTTP'] ?? assert.fail(), 'failed protocol'],
  ['an upgrade', BROKEN['an upgrade'] ?? assert.fail(), 'failed protocol'],
]
/** Statuses that concern one file: the others are still sent. */
const ONE_FILE = ['400', '413', '422', '500', '507']
/** Statuses by which the receiver takes none of the files that it has not confirmed. */
const REST_REFUSED = ['302', '401', '418', '429', '503']
/** Statuses after which the receiver has no session. */
const SESSION_OVER = ['403', '404', '409']

/** Answers the n-th call of a kind, or with null every one. */
function at(call: Call, nth: number | null, reply: Reply): Script {
  let seen = 0
  return (came, request, response) => {
    if (came !== call) return false
    seen++
    if (nth !== null && seen !== nth) return false
    reply(request, response)
    return true
  }
}

describe('the answer to an offer', () => {
  for (const [name, reply, wanted] of OFFER) {
    test(`${name}: ${wanted}`, async (t) => {
      const { end, receiver } = await outcome(t, at('prepare-upload', null, reply))
      assert.equal(codeOf(end), wanted)
      assert.deepEqual(receiver.calls, ['prepare-upload'])
    })
  }
})

describe('the answer to every file', () => {
  for (const [name, reply, wanted] of UPLOAD) {
    test(`${name}: ${wanted}`, async (t) => {
      const { end } = await outcome(t, at('upload', null, reply))
      assert.equal(codeOf(end), wanted)
    })
  }
})

describe('the answer to one file of four', () => {
  for (const [name, reply, wanted] of UPLOAD) {
    for (const nth of [1, 3, 4]) {
      test(`${name} for file ${nth}`, async (t) => {
        const { end, receiver } = await outcome(t, at('upload', nth, reply))
        const closed = receiver.calls.includes('cancel')
        if (ONE_FILE.includes(name)) {
          assert.equal(end.kind, 'done')
          assert.equal(end.report.files, 3)
          assert.deepEqual(
            end.report.notDelivered.map(({ by, reason }) => `${by} ${reason.code}`),
            [wanted.replace('failed', 'failure')],
          )
          assert.equal(closed, false)
        } else {
          assert.equal(closed, !SESSION_OVER.includes(name), 'the session is closed where it is open')
          const { delivered, notDelivered } = knownOf(end)
          // All that the receiver has confirmed, and every other file.
          if (REST_REFUSED.includes(name)) {
            assert.equal(end.kind, 'done')
            assert.equal(exitOfEnd(end), 1)
            assert.deepEqual(delivered, receiver.confirmed)
            assert.ok(
              notDelivered.every(
                ({ by, reason }) => wanted === `${by === 'failure' ? 'failed' : by} ${reason.code}`,
              ),
            )
          } else {
            assert.equal(codeOf(end), wanted)
            assert.ok(delivered.every((path) => receiver.confirmed.includes(path)))
          }
          // The third file is begun once one of the first two is confirmed.
          if (nth > 1) assert.ok(delivered.length > 0)
          const paths = [...delivered, ...notDelivered.map(({ path }) => path)]
          assert.deepEqual(delivered.length > 0 ? paths.sort() : paths, delivered.length > 0 ? FILES : [])
        }
      })
    }
  }

  test('cancelled here for file 3', async (t) => {
    let cancel = (): void => undefined
    const script = at('upload', 3, (request) => {
      request.resume()
      cancel()
    })
    const receiver = await fakeReceiver(t, await newIdentity(t), script)
    const transfer = sender.send(options(receiver.device))
    cancel = () => transfer.cancel()
    const end = await transfer.ended
    assert.equal(codeOf(end), 'cancelled cancelled-here')
    const { delivered, notDelivered } = knownOf(end)
    assert.ok(delivered.length > 0 && delivered.every((path) => receiver.confirmed.includes(path)))
    assert.deepEqual([...delivered, ...notDelivered.map(({ path }) => path)].sort(), FILES)
  })

  test('a whole answer that breaks off behind its status counts', async (t) => {
    const { end } = await outcome(t, at('upload', 2, BROKEN['a broken answer'] ?? assert.fail()))
    assert.equal(end.kind, 'done')
    assert.deepEqual(end.report.notDelivered, [])
  })

  test('200 before the file has been sent is no delivery', async (t) => {
    const big = join(root, 'big.bin')
    await writeFile(big, Buffer.alloc(64 * 1024 * 1024))
    const early: Reply = (request, response) => {
      request.pause()
      response.writeHead(200).end()
    }
    const { end } = await outcome(t, at('upload', null, early), ['big.bin'])
    assert.equal(codeOf(end), 'failed protocol')
  })

  test('files that are not selected are listed, the others arrive', async (t) => {
    const some: Reply = status(200, '{"sessionId":"s","files":{"1":"t","3":"t","9":"t"}}')
    const { end } = await outcome(t, at('prepare-upload', null, some))
    assert.equal(end.kind, 'done')
    assert.deepEqual(
      end.report.notDelivered.map(({ path, by }) => [path, by]),
      [
        ['a.txt', 'policy'],
        ['c.txt', 'policy'],
      ],
    )
  })

  test('files that are not selected do not decide how the others end', async (t) => {
    const script: Script = (call, request, response) => {
      const reply =
        call === 'prepare-upload' ? status(200, '{"sessionId":"s","files":{"1":"t"}}') : status(500)
      reply(request, response)
      return true
    }
    assert.equal(codeOf((await outcome(t, script)).end), 'failed peer-failed')
  })
})

test('cancelling here ends the transfer and closes the session, at any call and whatever the receiver answers', async (t) => {
  for (const call of ['prepare-upload', 'upload'] as const) {
    for (const reply of [status(200), status(500), BROKEN['a broken connection'] ?? assert.fail()]) {
      const cancels: IncomingMessage[] = []
      let cancel = (): void => undefined
      const script: Script = (came, request, response) => {
        if (came === call) {
          cancel()
          return true
        }
        if (came !== 'cancel') return false
        cancels.push(request)
        reply(request, response)
        return true
      }
      const receiver = await fakeReceiver(t, await newIdentity(t), script)
      const transfer = sender.send(options(receiver.device))
      cancel = () => transfer.cancel()
      assert.equal(codeOf(await transfer.ended), 'cancelled cancelled-here')
      assert.equal(cancels.length, 1)
      assert.equal(cancels[0]?.url?.includes('sessionId'), call === 'upload')
      assert.deepEqual(unhandled, [])
    }
  }
})

describe('a device without encryption', () => {
  test('gets nothing unless the user permits it, and then the report shows it', async (t) => {
    const receiver = await fakeReceiver(t, await newIdentity(t), () => false, 'http')
    const refused = sender.send(options(receiver.device))
    assert.equal(codeOf(await refused.ended), 'failed not-encrypted')
    assert.equal(refused.view().cipher, 'none')
    assert.deepEqual(receiver.calls, [])
    const permitted = sender.send(options(receiver.device, { security: 'clear' }))
    const end = await permitted.ended
    assert.equal(end.kind, 'done', JSON.stringify(end))
    assert.deepEqual([end.report.cipher, end.report.carrier], ['none', 'body'])
    assert.equal(end.report.verified, false)
    assert.equal(receiver.uploaded, 4 * 'a.txt'.length * 1000)
  })

  test('never gets a PIN, also when it asks for one', async (t) => {
    const receiver = await fakeReceiver(
      t,
      await newIdentity(t),
      at('prepare-upload', null, status(401)),
      'http',
    )
    const given = sender.send(options(receiver.device, { security: 'clear', pin: '1234' }))
    assert.equal(codeOf(await given.ended), 'failed pin-needs-encryption')
    assert.deepEqual(receiver.calls, [])
    const asked = sender.send(options(receiver.device, { security: 'clear' }))
    assert.equal(codeOf(await asked.ended), 'failed pin-needs-encryption')
  })

  test('is never treated as a Penstock, whatever it announces', async (t) => {
    const receiver = await fakeReceiver(t, await newIdentity(t), () => false, 'http')
    const penstock = { versions: [2], dataPort: receiver.port, ciphers: ['none' as const] }
    const to = { ...receiver.device, kind: 'penstock' as const, penstock }
    const encrypted = sender.send(options(to))
    assert.equal(codeOf(await encrypted.ended), 'failed not-encrypted')
    assert.deepEqual(receiver.calls, [])
    const permitted = await sender.send(options(to, { security: 'clear' })).ended
    assert.equal(permitted.kind, 'done', JSON.stringify(permitted))
    assert.deepEqual([permitted.report.cipher, permitted.report.carrier], ['none', 'body'])
  })
})
