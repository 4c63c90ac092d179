// Invariant: the manifest holds of any tree what Node sees of it, in one order, and says the same in its lines, its columns and
// its totals. A tree that changes during the walk costs at most the entries that change; a walk that is stopped ends.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { symlinkSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { addon } from '../../../native/index.ts'
import type { Manifest } from '../../../native/manifest.ts'
import { allEntries, entriesOf } from '../../../main/core/source/entries.ts'
import { Walk } from '../../../main/core/source/walk.ts'
import { encodeEntry } from '../../support/scripted/manifest.ts'
import { random } from '../../support/random.ts'
import { makeTree, treeByNode } from './random-tree.ts'

const going = new AbortController().signal
const posixOnly = { skip: process.platform === 'win32' }
let root = ''

before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'penstock-trees-')))
})
after(async () => {
  await rm(root, { recursive: true, force: true })
})

async function walked(paths: readonly string[]): Promise<Walk> {
  const walk = new Walk(paths, going)
  await walk.search(going)
  return walk
}

/** All lines, in pieces of different lengths. */
function linesOf(manifest: Manifest, chance: () => number): string {
  const { entries } = manifest.totals()
  const pieces: Uint8Array[] = []
  for (let from = 0; from < entries;) {
    const limit = 1 + Math.floor(chance() * 9)
    pieces.push(manifest.lines(from, limit))
    from += limit
  }
  return Buffer.concat(pieces).toString()
}

test('random trees, as Node sees them', posixOnly, async (t) => {
  const chance = random(t)
  for (let round = 0; round < 25; round++) {
    const [one, two] = [join(root, `${round}-one`), join(root, `${round}-two`)]
    for (const folder of [one, two]) {
      await mkdir(folder)
      makeTree(folder, chance)
    }
    const { manifest, notDelivered } = await walked([one, two])
    assert.deepEqual(notDelivered, [])
    const expected = [one, two].flatMap((folder, at) =>
      treeByNode(folder, `${round}-${at === 0 ? 'one' : 'two'}`),
    )
    const entries = await allEntries(manifest)
    const { allocatedBytes } = manifest.entries(0, entries.length)
    assert.deepEqual(
      entries.map(({ index, ...entry }, at) => ({ ...entry, allocatedBytes: allocatedBytes[at] ?? index })),
      expected,
    )
    assert.deepEqual(
      entries,
      entries.map((entry, index) => ({ ...entry, index })),
    )
    assert.equal(linesOf(manifest, chance), entries.map(encodeEntry).join(''))
    const count = (type: string): number => entries.filter((entry) => entry.type === type).length
    assert.deepEqual(manifest.totals(), {
      entries: entries.length,
      files: count('file'),
      directories: count('directory'),
      symlinks: count('symlink'),
      bytes: entries.reduce((sum, { size }) => sum + size, 0),
      allocatedBytes: expected.reduce((sum, entry) => sum + entry.allocatedBytes, 0),
    })
    assert.deepEqual(
      entriesOf(manifest.tops()),
      entries.filter(({ path }) => !path.includes('/')),
    )
  }
})

test('a preview begins with the top entries and has limits', async () => {
  const manifest = addon.createManifest()
  const folder = join(root, 'preview')
  await mkdir(folder)
  for (let at = 0; at < 1200; at++) writeFileSync(join(folder, `f${at}`), '')
  await writeFile(join(root, 'last'), '')
  await manifest.walk(
    [
      { path: folder, name: 'preview' },
      { path: join(root, 'last'), name: 'last' },
    ],
    [],
  )
  const shown = entriesOf(manifest.preview())
  assert.equal(shown.length, 1000)
  assert.deepEqual(
    shown.slice(0, 4).map(({ path }) => path),
    ['preview', 'last', 'preview/f0', 'preview/f1'],
  )
  const wide = addon.createManifest()
  const facts = { path: '/x', size: 0, mode: 0, mtimeNs: 0n }
  wide.addFiles(Array.from({ length: 30 }, () => ({ ...facts, name: 'n'.repeat(60_000) })))
  assert.equal(wide.preview().indexes.length, Math.floor((1 << 20) / 60_000))
})

test('a sample holds the largest file, and others from all parts', () => {
  const manifest = addon.createManifest()
  const sizeOf = (at: number): number => (at === 777 ? 5000 : at % 50)
  manifest.addFiles(
    Array.from({ length: 1000 }, (_, at) => ({
      ...{ path: `/s/${at}`, name: `${at}`, size: sizeOf(at), mode: 0o600, mtimeNs: 0n },
    })),
  )
  const sample = manifest.sample(10)
  assert.equal(sample[0], '/s/777')
  assert.deepEqual(sample.slice(1), [
    '/s/0',
    '/s/100',
    '/s/200',
    '/s/300',
    '/s/400',
    '/s/500',
    '/s/600',
    '/s/700',
    '/s/800',
    '/s/900',
  ])
  assert.deepEqual(addon.createManifest().sample(10), [])
})

/** Makes and removes what lies in a folder until it is told to end. */
const RESTLESS = `
const { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } = require('node:fs')
const { parentPort, workerData: folder } = require('node:worker_threads')
const quietly = (act) => { try { act() } catch {} }
let ends = false
parentPort.on('message', () => (ends = true))
const turn = (round) => {
  for (let at = 0; at < 20; at++) {
    const path = folder + '/moving-' + at
    quietly(() => rmSync(path, { recursive: true }))
    if ((round + at) % 4 === 0) quietly(() => { mkdirSync(path); writeFileSync(path + '/below', 'x') })
    else if ((round + at) % 4 === 1) quietly(() => symlinkSync('stays-1', path))
    else if ((round + at) % 4 === 2) quietly(() => writeFileSync(path, 'x'))
    else quietly(() => renameSync(folder + '/moving-' + ((at + 1) % 20), path))
  }
  if (ends) process.exit()
  setImmediate(turn, round + 1)
}
turn(0)
parentPort.postMessage('moves')
`

test('a tree that changes during the walk', posixOnly, async () => {
  const folder = join(root, 'restless')
  await mkdir(folder)
  const staying = Array.from({ length: 40 }, (_, at) => `stays-${at}`)
  for (const name of staying) await writeFile(join(folder, name), name)
  const worker = new Worker(RESTLESS, { eval: true, workerData: folder })
  await once(worker, 'message')
  for (let round = 0; round < 60; round++) {
    const { manifest, notDelivered } = await walked([folder])
    const entries = await allEntries(manifest)
    const paths = entries.map(({ path }) => path)
    assert.equal(new Set(paths).size, paths.length)
    for (const name of staying) assert.ok(paths.includes(`restless/${name}`), name)
    for (const { path, index } of entries) {
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      assert.ok(parent === '' || (paths.indexOf(parent) >= 0 && paths.indexOf(parent) < index), path)
    }
    assert.equal(
      linesOf(manifest, () => 0.5),
      entries.map(encodeEntry).join(''),
    )
    for (const { path, reason } of notDelivered) {
      assert.match(path, /^restless\/moving-/)
      assert.ok(['file-vanished', 'not-readable'].includes(reason.code), reason.code)
    }
  }
  worker.postMessage('end')
  await once(worker, 'exit')
})

test('at most 10 000 problems are listed, and all are counted', posixOnly, async () => {
  const folder = join(root, 'problems')
  await mkdir(folder)
  for (let at = 0; at < 10_005; at++) symlinkSync('/outside', join(folder, `l${at}`))
  const { manifest } = await walked([folder])
  const { entries, count } = manifest.leftOut()
  assert.deepEqual([entries.length, count, manifest.totals().symlinks], [10_000, 10_005, 0])
})

test('a walk that is stopped ends with the reason', async () => {
  const stop = new AbortController()
  const walk = new Walk(['/'], going)
  const ended = walk.search(stop.signal)
  stop.abort(new Error('enough'))
  await assert.rejects(ended, /enough/)
})
