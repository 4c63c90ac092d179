// Invariant: whatever the receiver's file system cannot take, both reports list the same entries, of every type, with the same
// reasons and the same notes, and count the same; what is not listed has arrived as it was sent. A note alone is no failure.
import assert from 'node:assert/strict'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { TransferReport } from '../../../main/contract/report.ts'
import { mountBound, mountExfat, mountLoop, mountMemory, type Mounted } from '../../support/files/loop.ts'
import { openPair } from '../../support/penstock/pair.ts'

const MIB = 1024 * 1024
const YEARS = { 2001: 978307200, 1850: -3786825600, 1950: -631152000, 2300: 10413792000, 9999: 253370764800 }

const root = mkdtempSync(join(tmpdir(), 'penstock-reports-'))
const pair = await openPair()
after(async () => {
  await pair.close()
  rmSync(root, { recursive: true, force: true })
})

function file(path: string, seconds?: number): void {
  writeFileSync(path, `content of ${path}`)
  if (seconds !== undefined) utimesSync(path, seconds, seconds)
}

/** A folder with files, folders and links, some with times that few file systems hold. */
function hostileTree(): readonly string[] {
  const tree = join(root, 'tree')
  for (const folder of ['', 'deep', 'deep/er', 'empty', 'old'])
    mkdirSync(join(tree, folder), { recursive: true })
  for (let at = 0; at < 40; at += 1) file(join(tree, 'deep', `small ${at}`))
  file(join(tree, 'deep/er/last'))
  for (const [year, seconds] of Object.entries(YEARS)) file(join(tree, 'old', year), seconds)
  symlinkSync('last', join(tree, 'deep/er/link'))
  symlinkSync('../deep', join(tree, 'old', 'up'))
  utimesSync(join(tree, 'empty'), YEARS[2300], YEARS[2300])
  utimesSync(tree, YEARS[9999], YEARS[9999])
  const top = join(root, 'top')
  file(top, YEARS[2300])
  const kept = join(root, '.penstock-mine')
  file(kept)
  return [tree, top, kept]
}

const sources = hostileTree()

function reportOf(end: { readonly kind: string; readonly report?: TransferReport }): TransferReport {
  assert.ok(end.report, `${end.kind} without a report`)
  return end.report
}

/** What a report says about each entry. Housekeeping of the receiver is not of an entry. */
function said({ notDelivered, notes, entries, files, bytes }: TransferReport) {
  const ofEntries = notes.filter(({ code }) => code !== 'staging-left' && code !== 'names-not-durable')
  return {
    ...{ entries, files, bytes },
    notDelivered: notDelivered.map(({ path, reason, by }) => `${path} ${reason.code} ${by}`).sort(),
    notes: ofEntries.map(({ path, code, params = {} }) => `${path} ${code} ${JSON.stringify(params)}`).sort(),
  }
}

async function deliver(dir: string, streams = 2) {
  const ends = await pair.deliver(sources, dir, { send: { streams }, receive: { durability: 'os' } })
  if (ends.sender.kind === 'failed' && ends.receiver.kind === 'failed') {
    assert.equal(ends.sender.problem.code, ends.receiver.problem.code)
    return ends.sender.problem.code
  }
  assert.equal(ends.sender.kind, 'done', JSON.stringify(ends.sender))
  const sender = said(reportOf(ends.sender))
  assert.deepEqual(said(reportOf(ends.receiver)), sender)
  return sender
}

const TARGETS: readonly {
  readonly name: string
  readonly mount: () => Mounted | string
  /** Codes of the reasons and of the notes. */
  readonly reasons: readonly string[]
  readonly notes: readonly string[]
}[] = [
  {
    name: 'ext4',
    mount: () => mountLoop('ext4', 64 * MIB),
    reasons: [],
    notes: ['other-name', 'time-clamped'],
  },
  {
    name: 'ext3, whose times end in 2038',
    mount: () => mountLoop('ext3 with small blocks', 64 * MIB),
    reasons: [],
    notes: ['other-name', 'time-clamped'],
  },
  {
    name: 'exFAT, which has no links',
    mount: () => mountExfat(64 * MIB),
    reasons: ['links-unsupported'],
    notes: ['mode-not-kept', 'other-name', 'time-clamped'],
  },
  {
    name: 'a file system without free inodes',
    mount: () => mountMemory(64 * MIB, ['nr_inodes=30']),
    reasons: ['disk-full'],
    notes: [],
  },
  {
    name: 'one that refuses modes',
    mount: () => mountBound(join(root, 'bound'), ['--chmod-deny']),
    reasons: [],
    notes: ['mode-not-kept', 'other-name', 'time-clamped'],
  },
]

for (const { name, mount, reasons, notes } of TARGETS) {
  describe(name, () => {
    const mounted = mount()
    if (typeof mounted === 'string') {
      test('is mounted', (t) => t.skip(`NOT RUN: ${mounted}`))
      return
    }
    after(() => {
      mounted.dispose()
    })
    const dir = join(mounted.path, 'received')

    test('both reports say the same', async () => {
      const report = await deliver(dir)
      if (typeof report === 'string') {
        assert.deepEqual([report], reasons)
        return
      }
      const codes = (lines: readonly string[], pattern: RegExp) =>
        [...new Set(lines.map((line) => pattern.exec(line)?.[1] ?? line))].sort()
      assert.deepEqual(codes(report.notDelivered, / ([a-z-]+) (?:policy|failure)$/u), reasons)
      if (notes.length > 0) assert.deepEqual(codes(report.notes, / ([a-z-]+) \{/u), notes)
      const missing = new Set(report.notDelivered.map((line) => line.replace(/ [a-z-]+ [a-z]+$/u, '')))
      for (const path of ['tree/deep/er/last', 'tree/deep/er/link', 'tree/old/up', 'tree/empty', 'top'])
        assert.equal(present(join(dir, path)), !missing.has(path), path)
      // Every file system has this time.
      if (!missing.has('tree/old/2001'))
        assert.equal(lstatSync(join(dir, 'tree/old/2001')).mtimeMs, YEARS[2001] * 1000)
    })
  })
}

function present(path: string): boolean {
  if (existsSync(path)) return true
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}
