// Invariant: with every technique, slices at any offset of one file arrive as separate files, equal byte for byte; one that
// cannot be read completely fails alone, under its own number, and the others arrive.
import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync, readSync, truncateSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { SourceFile } from '../../../native/index.ts'
import { fill, checksOf, scratchFolders, SENDING, sleep, source, transfer, writeFiles } from '../harness.ts'
import { senderToPeer } from '../peer.ts'
import { random } from '../../support/random.ts'

const MEBIBYTE = 1024 * 1024
const WINDOW = 64 * MEBIBYTE
const CALLS =
  process.platform === 'win32'
    ? { open: 'CreateFile', map: 'MapViewOfFile', gather: 'WSASend' }
    : { open: 'openat', map: 'mmap', gather: 'sendmsg' }

const folder = scratchFolders()

const log = join(folder(), 'log')
fill(log, 2 * WINDOW + 5000)
const whole = source(log)

function slice(index: number, offset: number, size: number): SourceFile {
  return { index, path: log, size, mtimeNs: whole.mtimeNs, offset }
}

/** Small ones all over, at the edges of pages and of mapped windows, across them, empty, and two too large for a batch. */
const places: readonly (readonly [offset: number, size: number])[] = [
  [0, 1],
  [4095, 2],
  [WINDOW - 1, 2],
  [WINDOW - 30_000, 60_000],
  [2 * WINDOW - 1, 4096],
  [2 * WINDOW, 5000],
  [17, 0],
  [2 * WINDOW + 4999, 1],
  [3 * MEBIBYTE + 1, 9 * MEBIBYTE],
  [WINDOW - 100_000, 200_000],
  ...Array.from({ length: 700 }, (_, at): [number, number] => [
    (at * 7919 * 4093) % (2 * WINDOW),
    4096 + (at % 61),
  ]),
]
const slices = places.map(([offset, size], index) => slice(index, offset, size))

function assertSlices(list: readonly SourceFile[], staging: string): void {
  const fd = openSync(log, 'r')
  for (const { index, offset = 0, size } of list) {
    if (size === 0) continue
    const wanted = Buffer.alloc(size)
    readSync(fd, wanted, 0, size, offset)
    assert.ok(readFileSync(join(staging, String(index))).equals(wanted), `slice ${String(index)}`)
  }
  closeSync(fd)
}

describe('slices', () => {
  for (const send of SENDING) {
    for (const check of checksOf(send)) {
      test(`${send}, check ${check ? 'on' : 'off'}`, async () => {
        const staging = folder()
        const outcome = await transfer(slices, staging, { send, check })
        assert.deepEqual(outcome.sender, { kind: 'done', failures: [] })
        assertSlices(slices, staging)
        assert.equal(outcome.sent.technique, send)
        assert.equal(
          outcome.sent.bytes,
          slices.reduce((sum, { size }) => sum + size, 0),
        )
      })
    }
  }

  test('gathered ones share one opening and one mapping for each window, and pass no buffer', async () => {
    const small = slices.slice(10)
    const { sent } = await transfer(
      small.map((one, index) => ({ ...one, index })),
      folder(),
      { send: 'gather', check: false },
    )
    assert.equal(sent.userCopyBytes, 0)
    // One of the file, and a few a second of the figures that threads read about themselves.
    assert.ok((sent.syscalls[CALLS.open] ?? 0) < small.length / 50)
    assert.ok((sent.syscalls[CALLS.map] ?? 0) <= 3)
    assert.ok((sent.syscalls[CALLS.gather] ?? 0) < small.length / 4)
  })

  test('one behind the end of the file, and one of another file that is gone, fail alone', async () => {
    for (const send of SENDING) {
      for (const check of checksOf(send)) {
        const staging = folder()
        const list = [
          slice(0, 100, 5000),
          slice(1, 2 * WINDOW + 4000, 5000),
          { ...slice(2, 0, 5000), path: join(folder(), 'missing') },
          slice(3, 9000, 5000),
        ]
        const { sender, receiver } = await transfer(list, staging, { send, check })
        for (const end of [sender, receiver]) {
          assert.equal(end.kind, 'done')
          assert.deepEqual(
            end.failures.map(({ index, code }) => [index, code]).sort(),
            [
              [1, 'file-shrank'],
              [2, 'file-vanished'],
            ],
            `${send} ${String(check)}`,
          )
        }
        assertSlices([slice(0, 100, 5000), slice(3, 9000, 5000)], staging)
      }
    }
  })

  test('a file that has changed since is never passed off as good', async () => {
    const [path = ''] = writeFiles(folder(), [200_000]).map((file) => file.path)
    const { mtimeNs } = source(path)
    utimesSync(path, 1, 1)
    const list = [0, 1].map((index): SourceFile => ({
      index,
      path,
      size: 4096,
      mtimeNs,
      offset: index * 8192,
    }))
    for (const send of SENDING) {
      const { sender } = await transfer(list, folder(), { send, check: false })
      assert.deepEqual(
        sender.failures.map(({ code }) => code),
        ['file-changed', 'file-changed'],
        send,
      )
    }
  })
})

describe('gathered small files', () => {
  test('one that is cut short under its mapping is padded, named, and the stream goes on', async () => {
    const files = writeFiles(
      folder(),
      Array.from({ length: 600 }, () => 60_000),
    )
    const { sender, peer } = await senderToPeer(files, { technique: 'gather', check: false })
    peer.pause()
    await sleep(50)
    for (const file of files.slice(400)) truncateSync(file.path, 100)
    peer.resume()
    const failed: number[] = []
    const connection = { closed: false }
    void peer.closed.then(() => (connection.closed = true))
    let isOver = false
    while (!isOver) {
      isOver = connection.closed
      for (const frame of peer.frames.splice(0)) {
        if (frame.name === 'FILE_FAILED') failed.push(frame.file)
        if (frame.name === 'END') isOver = true
        if (frame.name !== 'BATCH') continue
        const { entries } = frame
        const rangeLength = entries.reduce((sum, { content }) => sum + content.length + 12, 0)
        peer.send({ name: 'VERIFIED', batch: true, file: entries[0]?.file ?? 0, offset: 0, rangeLength })
      }
      await sleep(2)
    }
    assert.deepEqual(
      failed.sort((left, right) => left - right),
      files.slice(400).map(({ index }) => index),
    )
    peer.close()
    await sender.ended
  })

  test('cancelled in the middle it leaves no frame cut', async (t) => {
    const chance = random(t)
    for (let round = 0; round < 5; round += 1) {
      const files = writeFiles(
        folder(),
        Array.from({ length: 400 }, () => 50_000),
      )
      const { sender, peer } = await senderToPeer(files, { technique: 'gather', check: false })
      setTimeout(() => sender.cancel('cancelled'), chance() * 20)
      await peer.next('CANCEL')
      peer.close()
      assert.equal((await sender.ended).kind, 'cancelled')
    }
  })
})
