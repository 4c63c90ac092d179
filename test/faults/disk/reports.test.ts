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
import { after, test } from 'node:test'
import type { TransferReport } from '../../../main/contract/report.ts'
import {
  describeMounted,
  mountBound,
  mountFuse,
  mountLoop,
  mountMemory,
  type Mounted,
} from '../../support/files/loop.ts'
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
  if (seconds !== undefined) setTime(path, seconds)
}

/** By a date: utimes takes a negative number for now. */
function setTime(path: string, seconds: number): void {
  const time = new Date(seconds * 1000)
  utimesSync(path, time, time)
}

/** A folder with files, folders and links, some with times that few file systems hold. `home` holds them. */
function hostileTree(home: string): readonly string[] {
  const tree = join(home, 'tree')
  for (const folder of ['', 'deep', 'deep/er', 'empty', 'old'])
    mkdirSync(join(tree, folder), { recursive: true })
  for (let at = 0; at < 40; at += 1) file(join(tree, 'deep', `small ${at}`))
  file(join(tree, 'deep/er/last'))
  for (const [year, seconds] of Object.entries(YEARS)) file(join(tree, 'old', year), seconds)
  symlinkSync('last', join(tree, 'deep/er/link'))
  symlinkSync('../deep', join(tree, 'old', 'up'))
  setTime(join(tree, 'empty'), YEARS[2300])
  setTime(tree, YEARS[9999])
  const top = join(home, 'top')
  file(top, YEARS[2300])
  const kept = join(home, '.penstock-mine')
  file(kept)
  return [tree, top, kept]
}

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

async function deliver(sources: readonly string[], dir: string) {
  const options = { send: { streams: 2 }, receive: { durability: 'os' } } as const
  const ends = await pair.deliver(sources, dir, options)
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
    name: 'another that does',
    mount: () => mountMemory(16 * MIB),
    reasons: [],
    notes: ['other-name'],
  },
  {
    name: 'ext4, whose times end in 2446',
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
    mount: () => mountFuse('exfat', 64 * MIB),
    reasons: ['links-unsupported'],
    // This driver returns any time until the file system is unmounted, and clamps it on the disk.
    notes: ['mode-not-kept', 'other-name'],
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

describeMounted(
  'from a file system that holds every time',
  () => mountMemory(16 * MIB),
  (home) => {
    const sources = hostileTree(home.path)
    for (const { name, mount, reasons, notes } of TARGETS) {
      describeMounted(`to ${name}`, mount, (mounted) => {
        test('both reports say the same', () => deliverTo(mounted.path, sources, { reasons, notes }))
      })
    }
  },
)

async function deliverTo(
  path: string,
  sources: readonly string[],
  { reasons, notes }: Pick<(typeof TARGETS)[number], 'reasons' | 'notes'>,
): Promise<void> {
  const dir = join(path, 'received')
  const report = await deliver(sources, dir)
  if (typeof report === 'string') {
    assert.deepEqual([report], reasons)
    return
  }
  const codes = (lines: readonly string[], pattern: RegExp) =>
    [...new Set(lines.map((line) => pattern.exec(line)?.[1] ?? line))].sort()
  assert.deepEqual(codes(report.notDelivered, / ([a-z-]+) (?:policy|failure)$/u), reasons)
  if (notes.length > 0) assert.deepEqual(codes(report.notes, / ([a-z-]+) \{/u), notes)
  const missing = new Set(report.notDelivered.map((line) => line.replace(/ [a-z-]+ [a-z]+$/u, '')))
  for (const entry of ['tree/deep/er/last', 'tree/deep/er/link', 'tree/old/up', 'tree/empty', 'top'])
    assert.equal(present(join(dir, entry)), !missing.has(entry), entry)
  const clamped = new Set(report.notes.map((line) => line.replace(/ time-clamped .*/u, '')))
  for (const [year, seconds] of Object.entries(YEARS)) {
    const entry = `tree/old/${year}`
    if (missing.has(entry) || clamped.has(entry)) continue
    assert.equal(lstatSync(join(dir, entry)).mtimeMs, seconds * 1000, entry)
  }
}

function present(path: string): boolean {
  if (existsSync(path)) return true
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}
