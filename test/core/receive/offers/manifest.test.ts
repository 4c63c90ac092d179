// Invariant: a manifest is accepted as a whole and exactly as sent, however it is split or delayed, or not at all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PenstockError } from '../../../../main/contract/errors.ts'
import type { ManifestEntry } from '../../../../main/contract/transfer.ts'
import { CommitPlanner } from '../../../../main/core/target/commit-plan.ts'
import { NOTHING_REFUSED } from '../../../../main/core/target/near-names.ts'
import { NO_FOLDING } from '../../../../main/core/target/names.ts'
import type { SourceEntry } from '../../../../main/core/source/walk.ts'
import { holdManifest, totalsOf } from '../../../../main/core/receive/offers/manifest.ts'
import { manifestLines } from '../../../../main/core/send/offer.ts'
import { encodeEnd, encodeEntry } from '../../../../main/core/protocol/penstock/offer.ts'
import { UNLIMITED } from '../../../support/penstock/control.ts'
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

test('a long search sends empty lines', async () => {
  let found: (value: readonly SourceEntry[]) => void = () => undefined
  const late = new Promise<readonly SourceEntry[]>((resolve) => (found = resolve))
  const search = (async function* () {
    yield [file(0)]
    yield await late
  })()
  const lines = manifestLines(search, 20)
  const next = async (): Promise<string> => String((await lines.next()).value)
  assert.equal(await next(), encodeEntry(file(0)))
  for (let pauses = 0; pauses < 3; pauses++) assert.equal(await next(), '\n')
  const last = next()
  found([file(1), file(2)])
  assert.equal(await last, encodeEntry(file(1)) + encodeEntry(file(2)))
  assert.deepEqual(await lines.next(), { done: true, value: undefined })
})

test('who stops listening ends the search', async () => {
  let ended = false
  const lines = manifestLines(
    (async function* () {
      try {
        for (let index = 0; ; index++) yield [file(index)]
      } finally {
        ended = true
        await Promise.resolve()
      }
    })(),
  )
  await lines.next()
  await lines.return()
  assert.ok(ended)
})
