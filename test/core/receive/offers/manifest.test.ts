// Invariant: a manifest is accepted as a whole and exactly as sent, however it is split or delayed, or not at all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PenstockError } from '../../../../main/contract/errors.ts'
import type { ManifestEntry } from '../../../../main/contract/transfer.ts'
import { CommitPlanner } from '../../../../main/core/target/commit-plan.ts'
import { NOTHING_REFUSED } from '../../../../main/core/target/near-names.ts'
import { NO_FOLDING } from '../../../../main/core/target/names.ts'
import type { SourceEntry } from '../../../../main/core/source/entries.ts'
import { holdManifest, totalsOf } from '../../../../main/core/receive/offers/manifest.ts'
import { manifestLines } from '../../../../main/core/send/offer.ts'
import { encodeEnd } from '../../../../main/core/protocol/penstock/offer.ts'
import { encodeEntry } from '../../../support/scripted/manifest.ts'
import { UNLIMITED } from '../../../support/penstock/control.ts'
import { addon } from '../../../../native/index.ts'
import { withResolvers } from '../../../../main/core/transfer/lifecycle.ts'
import { fc } from '../../../support/random.ts'

function file(index: number, path = `f${index}`): SourceEntry {
  const absolutePath = `/${path}`
  return { index, type: 'file', path, size: index, mode: 0o644, mtimeNs: BigInt(index), absolutePath }
}

function encoded(entries: readonly ManifestEntry[]): string[] {
  return entries.map((entry) => encodeEntry(entry).trimEnd())
}

function endOf(entries: readonly ManifestEntry[]): string {
  return encodeEnd({
    end: entries.length,
    totals: totalsOf(entries),
    streams: 1,
    technique: 'mmap',
  }).trimEnd()
}

async function* inPieces(lines: readonly string[], size: number): AsyncGenerator<readonly string[]> {
  for (let at = 0; at < lines.length; at += size) {
    yield lines.slice(at, at + size)
    await Promise.resolve()
  }
}

async function take(lines: readonly string[], size = 3) {
  const held = await holdManifest(inPieces(lines, size), UNLIMITED)
  return { ...held, ...(await held.take(new CommitPlanner({ ...NO_FOLDING, ...NOTHING_REFUSED }))) }
}

const isProtocol = (error: unknown): boolean => error instanceof PenstockError && error.code === 'protocol'

test('pieces and empty lines change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 40 }),
      fc.array(fc.nat({ max: 40 }), { maxLength: 10 }),
      fc.integer({ min: 1, max: 9 }),
      async (count, pauses, size) => {
        const entries = Array.from({ length: count }, (_, index) => file(index))
        const lines = encoded(entries)
        for (const at of pauses) lines.splice(at, 0, '')
        const taken = await take([...lines, endOf(entries)], size)
        assert.deepEqual(encoded(taken.entries), encoded(entries))
        assert.deepEqual(taken.totals, totalsOf(entries))
        assert.equal(taken.technique, 'mmap')
      },
    ),
    { numRuns: 60 },
  )
})

test('what is cut, or does not add up, is not taken', async () => {
  const entries = [file(1), file(2)].map((entry, index) => ({ ...entry, index }))
  await take([...encoded(entries), endOf(entries)])
  await assert.rejects(take(encoded(entries)), isProtocol)
  await assert.rejects(take([...encoded(entries.slice(1)), endOf(entries)]), isProtocol)
  await assert.rejects(take([...encoded([...entries, file(2, 'one more')]), endOf(entries)]), isProtocol)
  const totals = totalsOf(entries)
  for (const wrong of [
    { ...totals, bytes: totals.bytes + 1 },
    { ...totals, files: totals.files - 1 },
  ]) {
    const end = encodeEnd({ end: entries.length, totals: wrong, streams: 1, technique: null }).trimEnd()
    await assert.rejects(take([...encoded(entries), end]), isProtocol)
  }
})

/** A manifest that holds the files below `count`, and a search that ends on `end`. */
function growing() {
  const manifest = addon.createManifest()
  const add = (count: number): void => {
    const { entries } = manifest.totals()
    const more = Array.from({ length: count - entries }, (_, at) => file(entries + at))
    manifest.addFiles(more.map(({ path: name, absolutePath: path, ...facts }) => ({ ...facts, name, path })))
  }
  const stopped: unknown[] = []
  const { promise, resolve: end } = withResolvers<undefined>()
  const search = async (stop: AbortSignal): Promise<void> => {
    stop.addEventListener('abort', () => stopped.push(stop.reason))
    await promise
  }
  return { manifest, add, end, search, stopped }
}

test('a long search sends empty lines', async () => {
  const { manifest, add, end, search } = growing()
  add(1)
  const lines = manifestLines(manifest, search, { lookMs: 5, stillLookingMs: 20 })
  const next = async (): Promise<string> => Buffer.from((await lines.next()).value ?? []).toString()
  assert.equal(await next(), encodeEntry(file(0)))
  for (let pauses = 0; pauses < 3; pauses++) assert.equal(await next(), '\n')
  add(3)
  end(undefined)
  assert.equal(await next(), encodeEntry(file(1)) + encodeEntry(file(2)))
  assert.deepEqual(await lines.next(), { done: true, value: undefined })
})

test('who stops listening ends the search', async () => {
  const { manifest, add, search, stopped } = growing()
  add(1)
  const lines = manifestLines(manifest, search)
  await lines.next()
  await lines.return()
  assert.equal(stopped.length, 1)
})

test('a search that fails ends the lines with its error', async () => {
  const { manifest, add } = growing()
  add(1)
  const lines = manifestLines(manifest, () => Promise.reject(new Error('on purpose')))
  await assert.rejects(lines.next(), /on purpose/)
})
