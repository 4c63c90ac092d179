// Invariant: before consent a device uses a bounded amount of memory, slots and connections, for anything it sends, and one
// network does not lock out another.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { PenstockError } from '../../../../main/contract/errors.ts'
import { Admission } from '../../../../main/core/receive/offers/admission.ts'
import { ByteStore } from '../../../../main/core/receive/offers/byte-store.ts'
import { ImpliedFolders } from '../../../../main/core/receive/offers/implied-folders.ts'
import { holdManifest } from '../../../../main/core/receive/offers/manifest.ts'
import type { ManifestEntry } from '../../../../main/contract/transfer.ts'
import { newIdentity, serve } from '../../../support/penstock/control.ts'
import { encodeEndOf, encodeEntry } from '../../../support/scripted/manifest.ts'
import { fc } from '../../../support/random.ts'

const code = (wanted: string) => (error: unknown) => error instanceof PenstockError && error.code === wanted
const MIB = 1024 * 1024

function fileAt(path: string, index: number): ManifestEntry {
  return { index, type: 'file', path, size: 1, mode: 0o644, mtimeNs: 1n }
}

async function* linesOf(entries: Iterable<ManifestEntry>): AsyncGenerator<readonly string[]> {
  const all: ManifestEntry[] = []
  for (const entry of entries) {
    all.push(entry)
    yield [encodeEntry(entry).trimEnd()]
  }
  yield [encodeEndOf(all).trimEnd()]
}

test('a network has eight places, all have 32, and what is released is free again', () => {
  const admission = new Admission()
  const mine = Array.from({ length: 8 }, () => admission.enter('10.0.0.1'))
  assert.throws(() => admission.enter('10.0.0.1'), code('busy'))
  const others = Array.from({ length: 24 }, (_, n) => admission.enter(`10.0.${1 + (n % 3)}.9`))
  assert.throws(() => admission.enter('10.9.9.9'), code('busy'))
  for (const ticket of [...mine, ...others]) ticket.release()
  assert.doesNotThrow(() => admission.enter('10.9.9.9'))
})

test('memory is counted by network and in all, and never goes wrong', () => {
  const admission = new Admission()
  const first = admission.enter('10.0.0.1')
  first.hold(16 * MIB)
  assert.throws(() => first.hold(1), code('offer-too-large'))
  assert.throws(() => admission.enter('10.0.0.1').hold(1), code('busy'))
  const others = [2, 3, 4].map((n) => admission.enter(`10.0.0.${n}`))
  for (const ticket of others) ticket.hold(16 * MIB)
  const last = admission.enter('10.0.0.5')
  assert.throws(() => last.hold(1), code('busy'))
  first.release()
  first.release()
  last.hold(16 * MIB)

  const step = fc.record({
    network: fc.nat({ max: 3 }),
    bytes: fc.nat({ max: 9 * MIB }),
    release: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const tested = new Admission()
      const held: { network: number; bytes: number; release: () => void }[] = []
      for (const { network, bytes, release } of steps) {
        if (release) held.shift()?.release()
        try {
          const ticket = tested.enter(`10.0.0.${network}`)
          const one = { network, bytes: 0, release: () => ticket.release() }
          held.push(one)
          ticket.hold(bytes)
          one.bytes = bytes
        } catch (error) {
          assert.ok(code('busy')(error))
        }
        for (let n = 0; n <= 3; n += 1) {
          const here = held.filter((one) => one.network === n)
          assert.ok(here.length <= 8)
          assert.ok(here.reduce((sum, one) => sum + one.bytes, 0) <= 16 * MIB)
        }
        assert.ok(held.reduce((sum, one) => sum + one.bytes, 0) <= 64 * MIB)
      }
    }),
  )
})

test('folders that only paths imply are counted once each', () => {
  const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(fc.tuple(path, fc.boolean())), (entries) => {
      const counter = new ImpliedFolders()
      const known = new Set<string>()
      for (const [parts, isFolder] of entries) {
        let fresh = 0
        for (let depth = 1; depth < parts.length; depth += 1) {
          const folder = parts.slice(0, depth).join('/')
          if (!known.has(folder)) fresh += 1
          known.add(folder)
        }
        assert.equal(counter.add(parts.join('/'), isFolder), fresh)
        if (isFolder) known.add(parts.join('/'))
      }
    }),
  )
})

test('100 000 files are held; deep paths that imply a million folders are not', async () => {
  const hold = (entries: Iterable<ManifestEntry>) =>
    holdManifest(linesOf(entries), new Admission().enter('10.0.0.1'))
  const many = Array.from({ length: 100_000 }, (_, n) =>
    fileAt(`project/packages/some module ${n >> 6}/${'a deep folder/'.repeat(6)}a file number ${n}.ts`, n),
  )
  assert.equal((await hold(many)).totals.files, 100_000)
  const deep = Array.from({ length: 20_000 }, (_, n) => fileAt(`${n}/${'a/'.repeat(250)}f`, n))
  await assert.rejects(hold(deep), code('offer-too-large'))
  const wide = Array.from({ length: 17_000 }, (_, n) => fileAt(`${n}-${'w'.repeat(4000)}`, n))
  await assert.rejects(hold(wide), code('offer-too-large'))
})

test('bytes come back as they were appended, in however small pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 90_000 }), { maxLength: 6 }), async (pieces) => {
      let allocated = 0
      const store = new ByteStore((bytes) => (allocated += bytes))
      for (const piece of pieces) store.append(piece)
      const back: Buffer[] = []
      for await (const block of store.blocks()) back.push(block)
      const all = Buffer.concat(pieces)
      assert.ok(Buffer.concat(back).equals(all))
      // Random bytes do not shrink; a block that is packed may grow by a few.
      assert.ok(allocated >= all.length && allocated < all.length * 1.01 + 2 * 65_536)
    }),
    { numRuns: 30 },
  )
})

test('idle connections of one address make room for those of another, and for its own new ones', async (t) => {
  const limits = { connections: 6, connectionsPerNetwork: 4 }
  const { port } = await serve(t, {}, limits)
  const { privateKeyPem: key, certificatePem: cert } = await newIdentity(t)
  const open = async (localAddress: string): Promise<TLSSocket> => {
    const below = connectTcp({ host: '127.0.0.1', port, localAddress })
    below.on('error', () => undefined)
    const socket = connect({ socket: below, key, cert, rejectUnauthorized: false })
    t.after(() => socket.destroy())
    socket.on('error', () => undefined)
    await once(socket, 'secureConnect')
    return socket
  }
  const closed = (socket: TLSSocket) => (socket.closed ? Promise.resolve() : once(socket, 'close'))
  const first = [
    await open('127.0.0.2'),
    await open('127.0.0.2'),
    await open('127.0.0.2'),
    await open('127.0.0.2'),
  ]
  await open('127.0.0.2')
  await closed(first[0] ?? assert.fail())
  const third = [await open('127.0.0.3'), await open('127.0.0.3')]
  // All six places are taken: the network that has the most gives one up.
  const other = await open('127.0.0.4')
  await closed(first[1] ?? assert.fail())
  other.write('GET /api/localsend/v2/info HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const [answer] = await once(other, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 200/)
  assert.ok(third.every((socket) => !socket.closed))
})

test('headers over their limit are refused', async (t) => {
  const { port } = await serve(t)
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  socket.write(`GET /api/localsend/v2/info HTTP/1.1\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 4(00|31)/)
  socket.destroy()
})
