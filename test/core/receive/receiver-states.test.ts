// Invariant: for any action of a LocalSend sender at any moment, its transfer ends exactly once and the receiver keeps running. No
// rejection and no staging remain, files answered with 200 exist, and another sender's transfer is not affected.
import assert from 'node:assert/strict'
import { access, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import type { Penstock, Receiving, Transfer } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { receiveOptions } from '../../support/penstock/options.ts'
import { type OpenRequest, Phone } from '../../support/localsend/phone.ts'

let root = ''
let dir = ''
let penstock: Penstock
let receiving: Receiving
const transfers: Transfer[] = []
/** The questions that are asked, by the alias of the sender; an answer lets the offer continue. */
const questions = new Map<string, () => void>()
const held = new Set<string>()
const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)

before(async () => {
  process.on('unhandledRejection', note)
  root = await mkdtemp(join(tmpdir(), 'penstock-states-'))
  dir = join(root, 'target')
  penstock = await openPenstock({ stateDir: join(root, 'state'), alias: 'receiver' })
  receiving = await penstock.receive(
    receiveOptions(dir, {
      clear: false,
      onConflict: 'replace',
      decide: async ({ peer }, signal) => {
        if (!held.has(peer.alias)) return { accept: true }
        return new Promise((resolve) => {
          questions.set(peer.alias, () => resolve({ accept: true }))
          signal.addEventListener('abort', () => resolve({ accept: true }))
        })
      },
    }),
  )
  receiving.onTransfer((transfer) => void transfers.push(transfer))
})

after(async () => {
  await receiving.close()
  await penstock.close()
  await rm(root, { recursive: true, force: true })
  process.off('unhandledRejection', note)
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5)
}

let count = 0

/** A sender of two files, its transfer, and its open requests. */
interface Side {
  readonly phone: Phone
  readonly alias: string
  readonly transfer: () => Transfer
  /** The request that is open: the offer, or an upload. */
  open: OpenRequest | null
  readonly kept: Set<string>
}

function newSide(): Side {
  const alias = `Phone ${count++}`
  const find = (): Transfer | undefined => transfers.find((one) => one.view().peer.alias === alias)
  return {
    phone: new Phone(receiving.port),
    alias,
    transfer: () => find() ?? assert.fail('no transfer'),
    open: null,
    kept: new Set(),
  }
}

const filesOf = ({ alias }: Side) => [
  { id: 'a', fileName: `${alias}/a`, size: 10 },
  { id: 'b', fileName: `${alias}/b`, size: 10 },
]

async function send(side: Side, id: string): Promise<number> {
  const { status } = await side.phone.upload(id, '0123456789')
  if (status === 200) side.kept.add(id)
  return status
}

async function begin(side: Side, id: string): Promise<void> {
  const before = side.transfer().view().bytes
  side.open = await side.phone.begin(id, 10, '0123')
  await until(() => side.transfer().view().bytes > before)
}

const STATES: Readonly<Record<string, (side: Side) => Promise<void>>> = {
  offered: async (side) => {
    held.add(side.alias)
    const info = { alias: side.alias, fingerprint: 'a-phone', version: '2.0' }
    const files = filesOf(side).map((file) => [file.id, { ...file, fileType: 'text/plain' }])
    const body = JSON.stringify({ info, files: Object.fromEntries(files) })
    side.open = side.phone.open('prepare-upload', { 'content-length': Buffer.byteLength(body) })
    side.open.request.end(body)
    await until(() => questions.has(side.alias))
  },
  accepted: async (side) => {
    assert.equal((await side.phone.offer(filesOf(side), side.alias)).status, 200)
  },
  'in the first file': async (side) => {
    await side.phone.offer(filesOf(side), side.alias)
    await begin(side, 'a')
  },
  'after the first file': async (side) => {
    await side.phone.offer(filesOf(side), side.alias)
    assert.equal(await send(side, 'a'), 200)
  },
  'in the second file': async (side) => {
    await side.phone.offer(filesOf(side), side.alias)
    assert.equal(await send(side, 'a'), 200)
    await begin(side, 'b')
  },
  done: async (side) => {
    await side.phone.offer(filesOf(side), side.alias)
    assert.equal(await send(side, 'a'), 200)
    assert.equal(await send(side, 'b'), 200)
    await side.transfer().ended
  },
}

const EVENTS: Readonly<Record<string, (side: Side) => unknown>> = {
  'its cancel': ({ phone }) => phone.cancel(),
  'its cancel without a session': ({ phone }) => phone.cancel(false),
  'a cancel of an unknown session': ({ phone }) => phone.post('cancel?sessionId=nothing'),
  'its connection breaks': ({ open }) => open?.request.destroy(),
  'too few bytes': ({ open }) => open?.request.end(),
  'a file twice': async (side) => {
    await send(side, 'a')
    assert.notEqual(await send(side, 'a'), 200)
  },
  'an unknown file': ({ phone }) => phone.upload('../../x', 'x'),
  'a wrong token': ({ phone }) => phone.post(phone.uploadPath('b', 'wrong'), '0123456789'),
  'a longer file': ({ phone }) => phone.upload('b', '0123456789 and more'),
  'a shorter file': ({ phone }) => phone.upload('b', '012'),
  'a file without its length': ({ phone }) => {
    const { request, answered } = phone.open(phone.uploadPath('b'))
    request.write('0123')
    request.end('456789 and more')
    return answered
  },
  'an offer that is none': ({ phone }) => phone.post('prepare-upload', '{"files":{}}'),
  'no HTTP': () =>
    new Promise<void>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: receiving.port, rejectUnauthorized: false })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
      socket.resume()
      socket.write('what is this?\r\n\r\n')
    }),
  'a cancel here': (side) => side.transfer().cancel(),
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** What the sender does afterwards, so that an open session ends as well. */
async function goOn(side: Side): Promise<void> {
  questions.get(side.alias)?.()
  side.open?.request.end('456789')
  const last = side.open ? await side.open.answered.catch(() => null) : null
  if (last?.status === 200 && side.phone.session) side.kept.add(side.kept.has('a') ? 'b' : 'a')
  if (!side.phone.session) await side.transfer().ended.catch(() => undefined)
  for (const id of ['a', 'b']) if (!side.kept.has(id)) await send(side, id)
}

for (const [state, reach] of Object.entries(STATES)) {
  describe(state, () => {
    for (const [event, happen] of Object.entries(EVENTS)) {
      test(event, async () => {
        const [side, other] = [newSide(), newSide()]
        await reach(side)
        await other.phone.offer(filesOf(other), other.alias)
        await begin(other, 'a')
        const transfer = side.transfer()
        let ends = state === 'done' ? 1 : 0
        transfer.onChange(() => {
          if (!['offered', 'running', 'committing'].includes(transfer.view().state.kind)) ends++
        })
        await happen(side)
        if (state === 'offered') transfer.cancel()
        await goOn(side)
        // The test does not wait for a cancel without its connection, or for a broken connection with nothing behind it.
        if (transfer.view().state.kind === 'running') await side.phone.cancel()
        const end = await transfer.ended
        assert.equal(ends, 1)
        for (const id of ['a', 'b']) {
          if (side.kept.has(id)) assert.ok(await exists(join(dir, side.alias, id)), `${id} stays`)
        }
        if (end.kind === 'done') assert.equal(end.report.files, side.kept.size)
        assert.equal(transfer.view().files, side.kept.size)
        other.open?.request.end('456789')
        assert.equal((await other.open?.answered)?.status, 200)
        assert.equal(await send(other, 'b'), 200)
        assert.equal((await other.transfer().ended).kind, 'done')
        assert.deepEqual(unhandled, [])
      })
    }
  })
}

test('no staging is left', async () => {
  await Promise.all(transfers.map(({ ended }) => ended))
  const names = await readdir(dir)
  assert.deepEqual(
    names.filter((name) => name.startsWith('.penstock')),
    [],
  )
})
