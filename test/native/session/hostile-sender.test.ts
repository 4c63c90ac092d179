// Invariant: for any input, cut, reordered or corrupted, a receiver never crashes, always ends, and never counts a
// file as complete whose content fails its check.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { FileFailure } from '../../../native/index.ts'
import { CODES, RANGE_BYTES, crc32c, done, encodeFrame, encodeHeader } from '../../support/scripted/frames.ts'
import type { Frame } from '../../support/scripted/frames.ts'
import { scratchFolders, sleep } from '../harness.ts'
import { type Carriage, receiverFromPeer } from '../peer.ts'
import { fc } from '../../support/random.ts'

const folder = scratchFolders()

function content(size: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed * 7 + (i >> 8)) & 0xff))
}

const CARRIAGES: readonly Carriage[] = ['streams', 'body']
const FILES = [content(5000, 1), content(0, 2), content(300, 3), content(100_000, 4), content(77, 5)]
const SIZES = FILES.map((file) => file.length)

/** The frames of a correct sender for FILES. */
function honest(): Frame[] {
  const data = (file: number): Frame[] => {
    const bytes = FILES[file] ?? Buffer.alloc(0)
    return [
      { name: 'DATA', file, offset: 0, content: bytes },
      { name: 'CHECK', file, offset: 0, rangeLength: bytes.length, crc: crc32c(bytes) },
      { name: 'FILE_END', file, size: bytes.length, mtimeNs: 1_700_000_000_000_000_001n },
    ]
  }
  return [
    ...data(0),
    { name: 'FILE_END', file: 1, size: 0, mtimeNs: 5n },
    {
      name: 'BATCH',
      entries: [2, 4].map((file) => {
        const bytes = FILES[file] ?? Buffer.alloc(0)
        return { file, content: bytes, crc: crc32c(bytes) }
      }),
    },
    ...data(3),
    { name: 'END' },
  ]
}

/** The same as they travel where content does. */
function contentFrames(carriage: Carriage): Frame[] {
  return honest().map((frame) =>
    frame.name === 'END' && carriage === 'streams' ? { name: 'STREAM_END' } : frame,
  )
}

interface Verdict {
  readonly whole: boolean
  readonly failures: readonly FileFailure[]
}

/** Sends the bytes to a receiver, commits if it reports that all arrived, and waits for its end. */
async function run(
  staging: string,
  chunks: readonly Uint8Array[],
  carriage: Carriage,
): Promise<Verdict & { end: string; received: Frame[] }> {
  const { receiver, peer } = await receiverFromPeer(SIZES, staging, {}, carriage)
  for (const chunk of chunks) peer.write(chunk)
  if (carriage === 'streams') peer.writeControl(encodeFrame({ name: 'END' }))
  // A receiver that waits for more gets the end of the stream; one that has everything commits.
  const idle = Promise.race([sleep(120), peer.next('ERROR')]).then(() => peer.close())
  const first = await Promise.race([
    receiver.received.then((failures) => ({ whole: true, failures })),
    receiver.ended.then(() => ({ whole: false, failures: [] })),
  ])
  if (first.whole) {
    receiver.finish([])
    await Promise.race([peer.next('DONE'), receiver.ended])
  }
  await Promise.race([peer.closed, idle])
  peer.close()
  const end = await receiver.ended
  return { ...first, end: end.kind === 'failed' ? end.code : end.kind, received: peer.frames }
}

/** A session without all its files fails with a code of its own or the sender's, and confirms none of them. */
function assertIncomplete({ end, received }: Awaited<ReturnType<typeof run>>): void {
  assert.ok(['protocol', 'check-failed', 'peer-gone', 'peer-error'].includes(end), end)
  for (const frame of received)
    if (frame.name === 'ERROR' && end !== 'peer-gone') assert.equal(CODES[frame.code], end)
  const confirming = received.filter(({ name }) =>
    ['DELIVERED', 'NOT_DELIVERED', 'NOTED', 'DONE'].includes(name),
  )
  assert.deepEqual(confirming, [])
}

function assertNothingWrongIsWhole(staging: string, verdict: Verdict): void {
  for (const [index, expected] of FILES.entries()) {
    if (verdict.failures.some((failure) => failure.index === index)) continue
    assert.ok(existsSync(join(staging, String(index))), `file ${index} is missing`)
    assert.ok(readFileSync(join(staging, String(index))).equals(expected), `file ${index} is wrong`)
  }
}

describe('an honest sender', () => {
  for (const carriage of CARRIAGES)
    test(`in one piece, and byte by byte at the borders, ${carriage}`, async () => {
      const all = Buffer.concat(contentFrames(carriage).map(encodeFrame))
      for (const cut of [all.length, 1, 23, 24, 25, 4999, 5024]) {
        const chunks: Buffer[] = []
        for (let at = 0; at < Math.min(all.length, 6000); at += cut)
          chunks.push(all.subarray(at, Math.min(at + cut, 6000)))
        chunks.push(all.subarray(6000))
        const staging = folder()
        const verdict = await run(staging, cut === all.length ? [all] : chunks, carriage)
        assert.equal(verdict.whole, true)
        assert.deepEqual(verdict.failures, [])
        assert.equal(verdict.end, 'done')
        assertNothingWrongIsWhole(staging, verdict)
      }
    })
})

describe('one thing wrong', () => {
  const end: Frame = { name: 'END' }
  const zeros = Buffer.alloc(5000)
  const cases: Record<string, { send: (Frame | Buffer)[]; code: string }> = {
    'unknown type': {
      send: [encodeHeader({ type: 0x42, flags: 0, file: 0, offset: 0, length: 0 })],
      code: 'protocol',
    },
    'unknown flag': {
      send: [encodeHeader({ type: 8, flags: 2, file: 0, offset: 0, length: 0 })],
      code: 'protocol',
    },
    'reserved bytes': { send: [Buffer.from('0800010000000000'.padEnd(48, '0'), 'hex')], code: 'protocol' },
    'a frame of the receiver': { send: [done()], code: 'protocol' },
    'unknown file': { send: [{ name: 'DATA', file: 99, offset: 0, content: zeros }], code: 'protocol' },
    'range not aligned': {
      send: [{ name: 'DATA', file: 0, offset: 4096, content: zeros }],
      code: 'protocol',
    },
    'range shorter than the file': {
      send: [{ name: 'DATA', file: 0, offset: 0, content: zeros.subarray(1) }],
      code: 'protocol',
    },
    'range longer than the file': {
      send: [{ name: 'DATA', file: 4, offset: 0, content: zeros }],
      code: 'protocol',
    },
    'range behind the end': {
      send: [{ name: 'DATA', file: 0, offset: RANGE_BYTES, content: zeros }],
      code: 'protocol',
    },
    'a body above 8 MiB': {
      send: [encodeHeader({ type: 1, flags: 0, file: 0, offset: 0, length: RANGE_BYTES + 1 })],
      code: 'protocol',
    },
    'the same range twice': { send: [...honest().slice(0, 2), ...honest().slice(0, 2)], code: 'protocol' },
    'hole over data': {
      send: [...honest().slice(0, 2), { name: 'HOLE', file: 0, offset: 0, rangeLength: 5000 }],
      code: 'protocol',
    },
    'hole longer than the file': {
      send: [{ name: 'HOLE', file: 0, offset: 0, rangeLength: 2 ** 52 }],
      code: 'protocol',
    },
    'CHECK without DATA': { send: honest().slice(1, 2), code: 'protocol' },
    'DATA without CHECK': { send: [honest()[0] ?? end, ...honest().slice(2)], code: 'protocol' },
    'FILE_END with another size': {
      send: [{ name: 'FILE_END', file: 0, size: 4999, mtimeNs: 0n }],
      code: 'protocol',
    },
    'FILE_END twice': { send: [...honest().slice(2, 3), ...honest().slice(2, 3)], code: 'protocol' },
    'END before the files': { send: [...honest().slice(0, 4), end], code: 'protocol' },
    'a batch with a wrong size': {
      send: [{ name: 'BATCH', entries: [{ file: 2, content: zeros, crc: crc32c(zeros) }] }],
      code: 'protocol',
    },
    'a batch whose table is longer than it': {
      send: [encodeHeader({ type: 2, flags: 0, file: 1000, offset: 0, length: 50 }), Buffer.alloc(50)],
      code: 'protocol',
    },
    'a batch that does not add up': {
      send: [encodeHeader({ type: 2, flags: 0, file: 1, offset: 0, length: 12 }), Buffer.alloc(12, 1)],
      code: 'protocol',
    },
    'a file that failed twice': {
      send: [
        { name: 'FILE_FAILED', file: 0, code: 4, errno: 5 },
        { name: 'FILE_FAILED', file: 0, code: 4, errno: 5 },
      ],
      code: 'protocol',
    },
    'more after END': { send: [...honest(), end], code: 'protocol' },
  }
  for (const [name, { send, code }] of Object.entries(cases))
    for (const carriage of CARRIAGES) {
      test(`${name}, ${carriage}`, async () => {
        const { receiver, peer } = await receiverFromPeer(SIZES, folder(), {}, carriage)
        for (const one of send) {
          if (Buffer.isBuffer(one)) peer.write(one)
          else peer.send(one)
        }
        const error = await peer.next('ERROR')
        assert.equal(CODES[error?.code ?? 0], code)
        peer.close()
        const ended = await receiver.ended
        assert.ok(ended.kind === 'failed' && ended.code === code)
      })
    }

  test('a reason of the receiver is none of the sender', async () => {
    const own = ['io', 'file-changed', 'file-shrank', 'file-vanished', 'not-readable', 'check-failed']
    for (const [code, name] of Object.entries(CODES)) {
      if (code === '0') continue
      const { receiver, peer } = await receiverFromPeer(SIZES, folder())
      for (const file of SIZES.keys()) peer.send({ name: 'FILE_FAILED', file, code: Number(code), errno: 0 })
      peer.send(end)
      const failed = (await receiver.received).map((failure) => failure.code)
      const expected = own.includes(name) || name === 'cancelled' ? name : 'internal'
      assert.deepEqual(new Set(failed), new Set([expected]), name)
      receiver.cancel('cancelled')
      peer.close()
      await receiver.ended
    }
  })

  test('a bad range is asked for again three times, then the transfer ends', async () => {
    const { receiver, peer } = await receiverFromPeer(SIZES, folder())
    for (let round = 0; round < 4; round += 1) {
      peer.send({ name: 'DATA', file: 0, offset: 0, content: zeros })
      peer.send({ name: 'CHECK', file: 0, offset: 0, rangeLength: 5000, crc: 1 })
      if (round < 3) {
        assert.deepEqual(await peer.next('RETRY'), { name: 'RETRY', file: 0, offset: 0, rangeLength: 5000 })
      }
    }
    assert.equal(CODES[(await peer.next('ERROR'))?.code ?? 0], 'check-failed')
    peer.close()
    assert.equal((await receiver.ended).kind, 'failed')
  })

  test('a bad range and a bad entry that come right the second time', async () => {
    const staging = folder()
    const { receiver, peer } = await receiverFromPeer(SIZES, staging)
    const frames = honest()
    for (const frame of frames.slice(0, -1)) {
      if (frame.name === 'DATA') {
        peer.send({ ...frame, content: Buffer.alloc(frame.content.length) })
      } else if (frame.name === 'BATCH') {
        peer.send({
          ...frame,
          entries: frame.entries.map((entry) => ({ ...entry, crc: (entry.crc ^ 1) >>> 0 })),
        })
        for (const { file } of frame.entries) assert.equal((await peer.next('RETRY'))?.file, file)
      } else if (frame.name === 'CHECK') {
        peer.send(frame)
        const retry = await peer.next('RETRY')
        assert.equal(retry?.file, frame.file)
        peer.send({ name: 'DATA', file: frame.file, offset: 0, content: FILES[frame.file] ?? zeros })
        peer.send(frame)
      } else peer.send(frame)
    }
    for (const file of [2, 4]) {
      const bytes = FILES[file] ?? zeros
      peer.send({ name: 'DATA', file, offset: 0, content: bytes })
      peer.send({ name: 'CHECK', file, offset: 0, rangeLength: bytes.length, crc: crc32c(bytes) })
      peer.send({ name: 'FILE_END', file, size: bytes.length, mtimeNs: 0n })
    }
    peer.send({ name: 'END' })
    assert.deepEqual(await receiver.received, [])
    receiver.finish([{ index: 3, code: 'name-taken', errno: 'EEXIST' }])
    const runs = [
      { first: 0, count: 3, code: 0, errno: 0 },
      { first: 4, count: 1, code: 0, errno: 0 },
    ]
    assert.deepEqual(await peer.next('DELIVERED'), { name: 'DELIVERED', runs })
    const failed = [{ first: 3, count: 1, code: 13, errno: 17 }]
    assert.deepEqual(await peer.next('NOT_DELIVERED'), { name: 'NOT_DELIVERED', runs: failed })
    assert.deepEqual(await peer.next('DONE'), done({ files: 4, notDelivered: 1 }))
    peer.close()
    assert.equal((await receiver.ended).kind, 'done')
    assertNothingWrongIsWhole(staging, { whole: true, failures: [] })
  })

  test('CANCEL in the place of a CHECK', async () => {
    const { receiver, peer } = await receiverFromPeer(SIZES, folder())
    peer.send({ name: 'DATA', file: 0, offset: 0, content: zeros })
    peer.send({ name: 'CANCEL', code: 1, errno: 0 })
    assert.deepEqual(await receiver.ended, { kind: 'peer-error', code: 'cancelled', failures: [] })
    peer.close()
  })

  test('a cancelled receiver sends ERROR; KEEPALIVE goes out each second', async () => {
    const { receiver, peer } = await receiverFromPeer(SIZES, folder())
    assert.ok(await peer.next('KEEPALIVE'))
    receiver.cancel('disk-full')
    assert.equal(CODES[(await peer.next('ERROR'))?.code ?? 0], 'disk-full')
    peer.close()
    assert.equal((await receiver.ended).kind, 'cancelled')
  })
})

describe('frames that come before the files are known', () => {
  /** A receiver that gets its files late, and all frames of an honest sender. */
  async function early(staging: string) {
    const { receiver, peer } = await receiverFromPeer(null, staging)
    for (const frame of honest()) peer.send(frame)
    return { receiver, peer }
  }

  test('wait, and are then taken', async () => {
    const staging = folder()
    const { receiver, peer } = await early(staging)
    const files = SIZES.map((size, index) => ({ index, size }))
    await sleep(50)
    assert.equal(receiver.sample().bytes, 0)
    // Up to the batch, which names one that is known and one that is not.
    receiver.addFiles(files.slice(0, 3))
    assert.ok(await peer.next('VERIFIED'))
    await sleep(50)
    assert.deepEqual(peer.frames, [])
    receiver.addFiles(files.slice(3))
    assert.ok(await peer.next('VERIFIED'))
    receiver.endOfFiles()
    const failures = await receiver.received
    assertNothingWrongIsWhole(staging, { whole: true, failures })
    assert.deepEqual(failures, [])
    receiver.finish([])
    assert.ok(await peer.next('DONE'))
    peer.close()
    assert.equal((await receiver.ended).kind, 'done')
  })

  test('are those of no file that comes to be known', async () => {
    const { receiver, peer } = await early(folder())
    receiver.addFiles([{ index: 7, size: 1 }])
    receiver.endOfFiles()
    assert.equal(CODES[(await peer.next('ERROR'))?.code ?? 0], 'protocol')
    peer.close()
    const end = await receiver.ended
    assert.equal(end.kind === 'failed' && end.code, 'protocol')
  })

  test('cancel, and a sender that goes away, are not waited out', async () => {
    const cancelled = await early(folder())
    cancelled.receiver.cancel('cancelled')
    assert.equal(CODES[(await cancelled.peer.next('ERROR'))?.code ?? 0], 'cancelled')
    cancelled.peer.close()
    assert.equal((await cancelled.receiver.ended).kind, 'cancelled')
    const left = await early(folder())
    left.peer.close()
    const end = await left.receiver.ended
    assert.equal(end.kind === 'failed' && end.code, 'peer-gone')
  })
})

describe('anything wrong', () => {
  const change = fc.oneof(
    fc.record({ kind: fc.constant('cut' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({
      kind: fc.constant('flip' as const),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bit: fc.nat(7),
    }),
    fc.record({ kind: fc.constant('drop' as const), which: fc.nat(20) }),
    fc.record({ kind: fc.constant('double' as const), which: fc.nat(20) }),
    fc.record({ kind: fc.constant('swap' as const), which: fc.nat(20), with: fc.nat(20) }),
  )

  function spoil(
    changes: readonly (typeof change extends fc.Arbitrary<infer T> ? T : never)[],
    carriage: Carriage,
  ): Buffer {
    const frames = contentFrames(carriage).map(encodeFrame)
    for (const one of changes) {
      if (frames.length === 0) break
      if (one.kind === 'drop') frames.splice(one.which % frames.length, 1)
      if (one.kind === 'double') {
        const at = one.which % frames.length
        frames.splice(at, 0, frames[at] ?? Buffer.alloc(0))
      }
      if (one.kind === 'swap') {
        const [a, b] = [one.which % frames.length, one.with % frames.length]
        const held = frames[a] ?? Buffer.alloc(0)
        frames[a] = frames[b] ?? held
        frames[b] = held
      }
    }
    let bytes = Buffer.concat(frames)
    for (const one of changes) {
      if (bytes.length === 0) break
      if (one.kind === 'cut') bytes = bytes.subarray(0, Math.floor(one.at * bytes.length))
      if (one.kind === 'flip' && bytes.length > 0) {
        const at = Math.min(Math.floor(one.at * bytes.length), bytes.length - 1)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << one.bit)
      }
    }
    return bytes
  }

  for (const carriage of CARRIAGES)
    test(`cut, dropped, doubled, swapped, flipped, ${carriage}`, { timeout: 60_000 }, async () => {
      // Many at once: each receiver that waits for more gets some time to send ERROR.
      const attempts = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), {
        minLength: 10,
        maxLength: 10,
      })
      await fc.assert(
        fc.asyncProperty(attempts, async (all) => {
          await Promise.all(
            all.map(async (changes) => {
              const staging = folder()
              const verdict = await run(staging, [spoil(changes, carriage)], carriage)
              if (verdict.whole) assertNothingWrongIsWhole(staging, verdict)
              else assertIncomplete(verdict)
            }),
          )
        }),
        { numRuns: 15 },
      )
    })
})
