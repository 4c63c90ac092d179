// Invariant: with every technique, with and without the check, a file arrives equal byte for byte; both sides report a file
// that cannot arrive complete as failed and never count it as complete.
import assert from 'node:assert/strict'
import {
  mkdirSync,
  statSync,
  truncateSync,
  appendFileSync,
  utimesSync,
  readFileSync,
  readdirSync,
  readlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { addon, type EngineSample, type Sender } from '../../native/index.ts'
import { CODES, delivered, done } from '../support/scripted/frames.ts'
import { assertCarried, assertEqual, COMBINATIONS, nameOf } from './carried.ts'
import {
  checksOf,
  fill,
  hash,
  scratchFolders,
  SEALING,
  seals,
  SENDING,
  sleep,
  source,
  sparse,
  TECHNIQUES,
  transfer,
  writeFiles,
} from './harness.ts'
import { type Peer, receiverFromPeer, senderToPeer } from './peer.ts'
import { random } from '../support/random.ts'

const { send: SEND, receive: RECEIVE } = TECHNIQUES
const PAGE = 4096
/** Wine does not report a file's holes, so all of it is sent. */
const NO_HOLES = process.platform === 'win32'
/** Withdrawing data from the kernel may take a second, and the farewell two. */
const SOON_MS = 5000

const folder = scratchFolders()

const sources = folder()
/** Three ranges and a byte: a first, a middle and a last one, and one that is short. */
const WHOLE_RANGES = 3 * 8 * 1024 * 1024
const one = writeFiles(sources, [WHOLE_RANGES + 1])
/** More than one window of the techniques that map the file or pin its pages. */
const large = writeFiles(folder(), [64 * 1024 * 1024 + 1])
const edges = writeFiles(folder(), [
  PAGE - 1,
  70_000,
  0,
  70_000,
  1,
  131_073,
  PAGE,
  8 * 1024 * 1024 + 4097,
  PAGE + 1,
])
const small = writeFiles(folder(), [0, 1, PAGE - 1, PAGE, PAGE + 1, 65_536, 65_537])

describe('every technique', () => {
  test('this build has them', () => {
    const { send, receive } = addon.supportedTechniques()
    assert.deepEqual(
      [[...send].sort(), [...receive].sort()],
      [[...SEND, ...SEALING.send].sort(), [...RECEIVE, ...SEALING.receive].sort()],
    )
  })

  for (const combination of COMBINATIONS) {
    test(nameOf(combination), async () => {
      // A single file goes as ranges; several small files go in a batch.
      for (const files of [one, edges, small]) await assertCarried(files, folder(), combination)
    })
  }

  for (const send of SENDING) {
    test(`${send}: a file of more than one window`, async () => {
      const receive = seals(send) ? 'unseal' : 'readwrite'
      await assertCarried(large, folder(), { send, receive, check: !seals(send) })
    })
  }

  test('the check reads every byte once on each side and no buffer counts it', async () => {
    const outcome = await transfer(one, folder())
    assert.equal(outcome.sent.checkBytes, one[0]?.size)
    assert.equal(outcome.taken.checkBytes, one[0]?.size)
    assert.equal(outcome.sent.userCopyBytes, 0)
    for (const { cpuSeconds } of [outcome.sent, outcome.taken])
      assert.ok(cpuSeconds.user + cpuSeconds.system > 0)
  })

  test('several streams share the ranges of one file', async () => {
    const staging = folder()
    const outcome = await transfer([...one, ...edges.map((f) => ({ ...f, index: f.index + 1 }))], staging, {
      streams: 3,
    })
    assert.equal(outcome.receiver.kind, 'done')
    assert.equal(await hash(join(staging, '0')), await hash(one[0]?.path ?? ''))
  })

  for (const durability of ['everysec', 'commit', 'through'] as const) {
    test(`durability ${durability}`, async () => {
      const staging = folder()
      const outcome = await transfer(small, staging, { durability })
      assert.equal(outcome.receiver.kind, 'done')
      await assertEqual(small, staging)
    })
  }

  test('5 GiB of hole with a little data costs little', { skip: NO_HOLES }, async () => {
    const path = join(sources, 'sparse')
    sparse(path, 5 * 1024 ** 3, [
      { at: 1024 ** 3 + 5, text: 'in the middle' },
      { at: 5 * 1024 ** 3 - 3, text: 'end' },
    ])
    const staging = folder()
    const outcome = await transfer([source(path)], staging)
    assert.equal(outcome.receiver.kind, 'done')
    assert.equal(outcome.taken.bytes, 5 * 1024 ** 3)
    assert.equal(outcome.taken.holeBytes, 5 * 1024 ** 3 - 2 * 8 * 1024 ** 2)
    const facts = statSync(join(staging, '0'))
    assert.equal(facts.size, 5 * 1024 ** 3)
    assert.ok(facts.blocks * 512 <= 17 * 1024 ** 2, `it takes ${facts.blocks * 512} bytes on disk`)
  })

  test('a technique that this build does not have falls back and says so', async () => {
    const outcome = await transfer(one, folder(), { receive: 'gather' })
    assert.equal(outcome.sender.kind, 'done')
    assert.equal(outcome.taken.technique, 'readwrite')
    assert.equal(outcome.taken.fellBackFrom[0]?.technique, 'gather')
  })
})

/** Techniques that only one system has. */
describe('every technique on Linux', { skip: process.platform !== 'linux' }, () => {
  test('sendfile with the check off reads no content', async () => {
    const files = [
      ...one,
      ...edges.map((file) => ({ ...file, index: file.index + 1 })),
      ...small.map((file) => ({ ...file, index: file.index + 10 })),
    ]
    const staging = folder()
    const outcome = await transfer(files, staging, { check: false })
    await assertEqual(files, staging)
    assert.equal(outcome.sent.syscalls['pread64'], undefined)
    assert.equal(outcome.sent.userCopyBytes, 0)
    assert.ok((outcome.sent.syscalls['sendfile'] ?? 0) > 0)
  })

  test('the blocks behind a mapping are allocated before anything is received into it', async () => {
    const outcome = await transfer(one, folder(), { receive: 'mmap' })
    assert.equal(outcome.taken.syscalls['fallocate'], Math.ceil((one[0]?.size ?? 0) / (8 * 1024 ** 2)))
    assert.equal(outcome.taken.syscalls['pwrite64'], undefined)
    assert.equal(outcome.taken.userCopyBytes, 0)
  })

  test('what is not whole blocks goes through the page cache in spite of direct, and is counted', async (t) => {
    const { type } = addon.fileSystem(folder())
    if (['tmpfs', 'btrfs'].includes(type)) return t.skip(`${type} has no direct writes`)
    const files = [...one, ...small.slice(1, 3).map((file) => ({ ...file, index: file.index + 1 }))]
    const outcome = await transfer(files, folder(), { send: 'direct', receive: 'direct' })
    for (const { bytesBy, directBytes, userCopyBytes } of [outcome.sent, outcome.taken]) {
      assert.equal(bytesBy.direct, WHOLE_RANGES + 1)
      assert.equal(directBytes, WHOLE_RANGES)
      assert.equal(bytesBy.readwrite, 1 + (PAGE - 1))
      assert.equal(userCopyBytes, bytesBy.direct + bytesBy.readwrite)
    }
  })

  test('the kernel says of every byte of zerocopy whether it copied it: on loopback it always does', async () => {
    const outcome = await transfer(one, folder(), { send: 'zerocopy' })
    assert.equal(outcome.sent.kernelCopiedBytes, one[0]?.size)
    assert.ok((outcome.sent.syscalls['recvmsg'] ?? 0) > 0)
  })

  test('zerocopy over a local pair is not supported', async () => {
    const { sender, peer } = await senderToPeer(one, { technique: 'zerocopy' })
    await answer(peer, true)
    await sender.ended
    assert.deepEqual(sender.sample().fellBackFrom, [
      { technique: 'zerocopy', code: 'EOPNOTSUPP', syscall: 'setsockopt' },
    ])
  })

  test('a buffer of 4 KiB costs a read and a send for each page', async () => {
    const outcome = await transfer(edges, folder(), {
      send: 'readwrite',
      receive: 'readwrite',
      bufferBytes: 4096,
    })
    const pages = edges.reduce((sum, file) => sum + Math.ceil(file.size / 4096), 0)
    assert.ok((outcome.sent.syscalls['pread64'] ?? 0) >= pages)
  })
})

/** Requirements of Windows on its own technique. */
describe('TransmitFile', { skip: process.platform !== 'win32' }, () => {
  /** A stream whose receiver reads nothing, once it has begun. */
  async function held() {
    const pair = await senderToPeer(one, { technique: 'transmitfile', fallback: ['readwrite'], check: false })
    pair.peer.pause()
    await begun(pair.sender)
    return pair
  }

  test('a call that runs is taken back by CancelIoEx', async () => {
    const { sender, peer } = await held()
    await sleep(100)
    sender.cancel('cancelled')
    assert.equal((await sender.ended).kind, 'cancelled')
    assert.equal(sender.sample().syscalls['CancelIoEx'], 1)
    peer.close()
  })

  test('two streams of a process use it at once on a workstation, the third takes the next technique', async () => {
    for (let round = 0; round < 2; round += 1) {
      const pairs = [await held(), await held(), await held()]
      const samples = pairs.map(({ sender }) => sender.sample())
      assert.deepEqual(
        samples.map(({ technique, fellBackFrom }) => [technique, fellBackFrom]),
        [
          ['transmitfile', []],
          ['transmitfile', []],
          ['readwrite', [{ technique: 'transmitfile', code: 'EBUSY', syscall: 'TransmitFile' }]],
        ],
      )
      for (const { peer } of pairs) peer.close()
      for (const { sender } of pairs) await sender.ended
    }
  })
})

// A receiver in frames: reads all, verifies all, and reports what failed.
async function answer(peer: Peer, check: boolean): Promise<{ failed: { file: number; code: string }[] }> {
  const failed: { file: number; code: string }[] = []
  for (;;) {
    const frame = peer.frames.shift()
    if (frame === undefined) {
      const closed = await Promise.race([peer.closed.then(() => true), sleep(2).then(() => false)])
      if (closed && peer.frames.length === 0) return { failed }
      continue
    }
    if (frame.name === 'DATA') {
      peer.send({
        name: 'VERIFIED',
        batch: false,
        file: frame.file,
        offset: frame.offset,
        rangeLength: frame.content.length,
      })
    } else if (frame.name === 'HOLE') {
      peer.send({
        name: 'VERIFIED',
        batch: false,
        file: frame.file,
        offset: frame.offset,
        rangeLength: frame.rangeLength,
      })
    } else if (frame.name === 'FILE_FAILED') {
      failed.push({ file: frame.file, code: CODES[frame.code] ?? '?' })
    } else if (frame.name === 'END') {
      const runs = failed.map(({ file: first }) => ({ first, count: 1, code: CODES.indexOf('io'), errno: 0 }))
      if (runs.length > 0) peer.send({ name: 'NOT_DELIVERED', runs })
      peer.send(done({ notDelivered: runs.length }))
    } else if (frame.name === 'CHECK') assert.ok(check)
  }
}

/** Waits until the file is being sent; TransmitFile counts its bytes only when a call has ended. */
async function begun(sender: Sender): Promise<void> {
  const hasBegun = ({ bytes, syscalls }: EngineSample): boolean => bytes > 0 || 'TransmitFile' in syscalls
  while (!hasBegun(sender.sample())) await sleep(5)
}

/** Techniques during which the file cannot be truncated: Windows keeps the size of a mapped file. */
const KEPT: readonly string[] = process.platform === 'win32' ? ['mmap', 'gather'] : []

describe('a source that does not keep still', () => {
  for (const technique of SENDING) {
    for (const check of checksOf(technique)) {
      test(`${technique}, check ${check ? 'on' : 'off'}: a file that shrinks while it is sent`, async () => {
        const path = join(folder(), 'shrinks')
        fill(path, 32 * 1024 * 1024)
        const { sender, peer } = await senderToPeer([source(path)], { technique, check })
        peer.pause()
        await begun(sender)
        if (KEPT.includes(technique)) {
          assert.throws(() => truncateSync(path, 1024 * 1024 + 17))
          peer.resume()
          assert.deepEqual((await answer(peer, check)).failed, [])
          assert.deepEqual((await sender.ended).failures, [])
          return
        }
        truncateSync(path, 1024 * 1024 + 17)
        peer.resume()
        const { failed } = await answer(peer, check)
        assert.deepEqual(failed, [{ file: 0, code: 'file-shrank' }])
        const end = await sender.ended
        assert.equal(end.kind, 'done')
        assert.deepEqual(
          end.failures.map(({ index, code }) => [index, code]),
          [[0, 'file-shrank']],
        )
      })
    }

    test(`${technique}: a file that grows while it is sent`, async () => {
      const path = join(folder(), 'grows')
      fill(path, 20 * 1024 * 1024)
      const { sender, peer } = await senderToPeer([source(path)], { technique })
      peer.pause()
      await sleep(30)
      appendFileSync(path, 'more')
      peer.resume()
      assert.deepEqual((await answer(peer, true)).failed, [{ file: 0, code: 'file-changed' }])
      assert.equal((await sender.ended).failures[0]?.code, 'file-changed')
    })
  }

  for (const check of [true, false])
    test(`a file of a batch that has changed, check ${check ? 'on' : 'off'}`, async () => {
      const files = writeFiles(folder(), [10, 20, 30])
      utimesSync(files[1]?.path ?? '', 1, 1)
      const outcome = await transfer(files, folder(), { check })
      assert.equal(outcome.sent.filesDone, 2)
      assert.equal(outcome.taken.filesDone, 2)
      assert.deepEqual(outcome.received, [{ index: 1, code: 'file-changed' }])
      assert.deepEqual(outcome.sender, { kind: 'done', failures: [{ index: 1, code: 'file-changed' }] })
    })

  test('a file that is gone, a link in its place, a folder in its place', async () => {
    const files = writeFiles(folder(), [70_000, 10, 20])
    for (const check of [true, false]) {
      const missing = { index: 3, path: join(folder(), 'nothing'), size: 5, mtimeNs: 0n }
      const dir = { index: 4, path: sources, size: 100_000, mtimeNs: 0n }
      const outcome = await transfer([...files, missing, dir], folder(), { check })
      assert.deepEqual(outcome.sender.failures.map(({ index, code }) => [index, code]).sort(), [
        [3, 'file-vanished'],
        [4, 'not-readable'],
      ])
      assert.deepEqual(outcome.received.map(({ index }) => index).sort(), [3, 4])
    }
  })
})

describe('a receiver that is slow or goes', () => {
  for (const technique of SENDING) {
    test(`${technique}: slow reader`, async () => {
      const files = writeFiles(folder(), [3 * 1024 * 1024])
      const { sender, peer } = await senderToPeer(files, { technique })
      for (let i = 0; i < 20; i += 1) {
        peer.pause()
        await sleep(2)
        peer.resume()
        await sleep(1)
      }
      await answer(peer, true)
      const end = await sender.ended
      // The sender does not accept DONE without a DELIVERED for the file.
      assert.deepEqual(end, { kind: 'failed', code: 'protocol', failures: [] })
    })

    test(`${technique}: reader goes away`, async () => {
      const { sender, peer } = await senderToPeer(one, { technique })
      await sleep(10)
      peer.close()
      const end = await sender.ended
      assert.equal(end.kind, 'failed')
      assert.ok(end.kind === 'failed' && end.code === 'peer-gone')
    })

    test(`${technique}: cancel at a random moment`, async (t) => {
      const chance = random(t)
      for (let round = 0; round < 4; round += 1) {
        const { sender, peer } = await senderToPeer(large, { technique })
        setTimeout(() => sender.cancel('cancelled'), chance() * 40)
        const cancelled = peer.next('CANCEL').then((frame) => {
          peer.close()
          return frame
        })
        for (;;) {
          const closed = await Promise.race([peer.closed.then(() => true), sleep(1).then(() => false)])
          for (const frame of peer.frames.splice(0)) {
            if (frame.name === 'DATA') {
              const { file, offset, content } = frame
              peer.send({ name: 'VERIFIED', batch: false, file, offset, rangeLength: content.length })
            }
          }
          if (closed) break
        }
        assert.equal((await cancelled)?.code, 1)
        assert.equal((await sender.ended).kind, 'cancelled')
      }
    })
  }
})

// At once: each waits for the limit of its farewell.
describe('a receiver that reads nothing', { concurrency: true }, () => {
  for (const technique of SENDING) {
    test(`${technique}: cancelled and gone, it ends soon`, async () => {
      for (const kind of ['cancelled', 'failed']) {
        const { sender, peer } = await senderToPeer(one, { technique })
        peer.pause()
        await sleep(100)
        const begun = performance.now()
        if (kind === 'failed') peer.close()
        else sender.cancel('cancelled')
        assert.equal((await sender.ended).kind, kind)
        assert.ok(performance.now() - begun < SOON_MS, `${performance.now() - begun} ms`)
        peer.close()
      }
    })
  }
})

/** The files below a folder that this process has open. */
function heldBelow(path: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(join('/proc/self/fd', fd))
      return target.startsWith(path) ? [target] : []
    } catch {
      return []
    }
  })
}

describe('what has ended', { skip: process.platform !== 'linux' }, () => {
  test('keeps nothing open, however it ended', async () => {
    const place = folder()
    const files = writeFiles(place, [24 * 1024 * 1024])
    for (const cancelled of [false, true]) {
      const staging = join(place, `staging-${cancelled}`)
      mkdirSync(staging)
      const opened = addon.openFolder(staging)
      const { receiver, peer } = await receiverFromPeer([9], opened, { technique: 'mmap' })
      opened.close()
      const { sender, peer: other } = await senderToPeer(files, { technique: 'mmap' })
      await other.next('DATA')
      if (cancelled) {
        receiver.cancel('cancelled')
        sender.cancel('cancelled')
      }
      peer.close()
      other.close()
      await Promise.all([receiver.ended, sender.ended])
      assert.deepEqual(heldBelow(place), [])
      // Both still answer.
      assert.ok(receiver.sample().bytes === 0 && sender.sample().bytes > 0)
    }
  })
})

describe('a receiver that asks again', () => {
  for (const technique of SENDING) {
    test(`${technique}: a range and an entry of a batch come again, the same bytes`, async () => {
      const files = writeFiles(folder(), [10, 20, 300_000])
      const { sender, peer } = await senderToPeer(files, { technique })
      const batch = await peer.next('BATCH')
      const entry = batch?.entries[1]
      const first = await peer.next('DATA')
      assert.ok(entry && first)
      assert.ok(readFileSync(files[2]?.path ?? '').equals(first.content))
      peer.send({ name: 'RETRY', file: 1, offset: 0, rangeLength: 20 })
      peer.send({ name: 'VERIFIED', batch: true, file: 0, offset: 0, rangeLength: 2 * 12 + 30 })
      peer.send({ name: 'RETRY', file: 2, offset: 0, rangeLength: 300_000 })
      const again = [await peer.next('DATA'), await peer.next('DATA')]
      assert.deepEqual(
        again.map((frame) => frame?.file),
        [1, 2],
      )
      assert.ok(again[0]?.content.equals(entry.content))
      assert.ok(again[1]?.content.equals(first.content))
      peer.send({ name: 'VERIFIED', batch: false, file: 1, offset: 0, rangeLength: 20 })
      peer.send({ name: 'VERIFIED', batch: false, file: 2, offset: 0, rangeLength: 300_000 })
      assert.ok(await peer.next('END'))
      // FILE_END once each: for the entry that came again as a range, and for the file that went as one.
      const ends = peer.frames.flatMap((frame) => (frame.name === 'FILE_END' ? [frame.file] : []))
      assert.deepEqual(ends.sort(), [1, 2])
      peer.send(delivered(0, 2))
      peer.send({ name: 'NOT_DELIVERED', runs: [{ first: 2, count: 1, code: 13, errno: 17 }] })
      peer.send(done({ files: 2, notDelivered: 1 }))
      const failures = [{ index: 2, code: 'name-taken', errno: 'EEXIST' }]
      assert.deepEqual(await sender.ended, { kind: 'done', failures })
      assert.equal(sender.sample().bytes, 300_030)
      peer.close()
    })
  }
})
