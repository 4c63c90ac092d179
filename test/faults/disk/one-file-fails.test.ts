// Invariant: an error of the receiver's disk that concerns one file costs only that file. Both sides list the same files with
// the same reason, and the others arrive. An error that the next file would meet as well ends the transfer on both sides, with
// the same reason. This holds for each errno, each call, each technique, and encrypted, clear and body alike.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ErrorCode } from '../../../main/contract/errors.ts'
import type { TerminalState } from '../../../main/contract/transfer.ts'
import { addon } from '../../../native/index.ts'
import { source, TECHNIQUES, transfer, writeFiles } from '../../native/harness.ts'
import { type FaultFs, mountFaultFs, type Operation } from '../../support/files/faultfs/index.ts'
import { patterned } from '../../support/files/tree.ts'
import { openPair, type Pair } from '../../support/penstock/pair.ts'

const MIB = 1024 * 1024
/** One in a batch, one in ranges of which the last is short, and their neighbours. */
const SIZES = { 'a-small': 5000, 'b-large': 9 * MIB + 1, 'c-empty': 0, 'd-last': 70_000 }
type Name = keyof typeof SIZES

type Errno = Parameters<FaultFs['fail']>[1]
/** The code of each errno that concerns one file. */
const OF_ONE_FILE: readonly (readonly [Errno, ErrorCode])[] = [
  ['EFBIG', 'too-large'],
  ['EOVERFLOW', 'too-large'],
  ['EIO', 'io'],
  ['EINVAL', 'io'],
  ['EPERM', 'no-permission'],
  ['EACCES', 'no-permission'],
  ['ENAMETOOLONG', 'io'],
  ['EILSEQ', 'io'],
  ['EBUSY', 'io'],
  ['ETXTBSY', 'io'],
]
/** The code of each errno that concerns the whole target. */
const OF_ALL: readonly (readonly [Errno, ErrorCode])[] = [
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EROFS', 'no-permission'],
  ['ENODEV', 'io'],
  ['ENXIO', 'io'],
  ['ENOTCONN', 'io'],
]
const CALLS: readonly (readonly [Operation, Name])[] = [
  ['write', 'a-small'],
  ['write', 'b-large'],
  ['truncate', 'b-large'],
]
const ROUTES = [
  { route: 'sealed', security: 'encrypted' },
  { route: 'clear', security: 'clear' },
] as const

const codesOf = (end: TerminalState) =>
  end.kind === 'done'
    ? end.report.notDelivered.map(({ path, by, reason }) => [path, by, reason.code])
    : end.problem.code

const disk = await mountFaultFs()

describe('on a disk with faults', () => {
  if (typeof disk === 'string') {
    test('is mounted', (t) => t.skip(`NOT RUN: ${disk}`))
    return
  }
  const root = mkdtempSync(join(tmpdir(), 'penstock-one-file-'))
  let pair: Pair
  let count = 0
  before(async () => {
    for (const [name, size] of Object.entries(SIZES)) writeFileSync(join(root, name), patterned(size))
    pair = await openPair()
  })
  after(async () => {
    await pair.close()
    await disk.dispose()
    rmSync(root, { recursive: true })
  })

  const deliver = async (operation: Operation, errno: Errno, name: Name, security: 'encrypted' | 'clear') => {
    const dir = join(disk.path, `target-${String((count += 1))}`)
    // Top files lie in staging under their numbers.
    const number = Object.keys(SIZES).indexOf(name)
    await disk.fail(operation, errno, { names: `*/.penstock-*/${String(number)}` })
    const paths = Object.keys(SIZES).map((one) => join(root, one))
    const ends = await pair.deliver(paths, dir, { send: { security } })
    await disk.clear()
    return { dir, codes: [codesOf(ends.sender), codesOf(ends.receiver)] }
  }

  for (const { route, security } of ROUTES) {
    for (const [operation, name] of CALLS) {
      test(`${operation} of ${name}, ${route}: the others arrive`, async () => {
        for (const [errno, code] of OF_ONE_FILE) {
          const { dir, codes } = await deliver(operation, errno, name, security)
          assert.deepEqual(codes, [[[name, 'failure', code]], [[name, 'failure', code]]], errno)
          const arrived = Object.keys(SIZES).filter((one) => one !== name)
          assert.deepEqual(readdirSync(dir).sort(), arrived, errno)
          for (const one of arrived)
            assert.ok(readFileSync(join(dir, one)).equals(readFileSync(join(root, one))))
          rmSync(dir, { recursive: true })
        }
      })

      test(`${operation} of ${name}, ${route}: the transfer ends`, async () => {
        for (const [errno, code] of OF_ALL) {
          const { dir, codes } = await deliver(operation, errno, name, security)
          assert.deepEqual(codes, [code, code], errno)
          assert.deepEqual(readdirSync(dir), [], errno)
        }
      })
    }
  }

  const sources = writeFiles(root, Object.values(SIZES))
  // The kernel writes the pages of a mapping later.
  for (const receive of TECHNIQUES.receive.filter((one) => one !== 'mmap')) {
    for (const check of [true, false]) {
      test(`by ${receive}, check ${check ? 'on' : 'off'}`, async () => {
        const staging = join(disk.path, `staging-${String((count += 1))}`)
        mkdirSync(staging)
        // The second of its writes, in the middle of a range: the bytes that the technique has read from the connection are lost.
        await disk.fail('write', 'EFBIG', { names: '*/1', after: 1 })
        const outcome = await transfer(sources, staging, { receive, check, streams: 2 })
        await disk.clear()
        const failures = [{ index: 1, code: 'too-large', errno: 'EFBIG' }]
        for (const end of [outcome.sender, outcome.receiver]) {
          assert.equal(end.kind, 'done', JSON.stringify(end))
          assert.deepEqual(end.failures, failures)
        }
        for (const [index, { path }] of sources.entries()) {
          if (index === 1) continue
          assert.ok(readFileSync(join(staging, String(index))).equals(readFileSync(path)))
        }
        rmSync(staging, { recursive: true })
      })
    }
  }

  for (const technique of addon.copyTechniques()) {
    test(`of a copy by ${technique}`, async () => {
      for (const operation of ['create', 'write'] as const) {
        const staging = join(disk.path, `staging-${String((count += 1))}`)
        mkdirSync(staging)
        const folder = addon.openFolder(staging)
        await disk.fail(operation, 'EFBIG', { names: '*/1' })
        const copier = addon.createCopier({
          ...{ staging: folder, technique, durability: 'os' },
          fallback: ['copyrange', 'copyfile'],
        })
        copier.addFiles(sources.map(({ path }, index) => source(path, index)))
        copier.endOfFiles()
        const failures = [{ index: 1, code: 'too-large', errno: 'EFBIG' }]
        assert.deepEqual(await copier.ended, { kind: 'done', failures })
        await disk.clear()
        folder.close()
        rmSync(staging, { recursive: true })
      }
    })
  }
})
