// Invariant: every variant is measured equally often and in both orders, and the warm-up does not count. A variant that cannot
// run affects only its own row, and a winner is named only if its range does not overlap the next one's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DURABILITIES } from '../../../main/contract/report.ts'
import { COMPARE_PRESETS } from '../../../main/contract/compare.ts'
import type { Comparison, CompareRow, CompareVariant, Spread } from '../../../main/contract/compare.ts'
import { median, medianItem, spreadOf } from '../../../main/core/compare/statistics.ts'
import { turnsOf } from '../../../main/core/compare/rounds.ts'
import { scatteredSlices } from '../../../main/core/compare/scattered.ts'
import { textbookCount, variantsOf } from '../../../main/core/compare/variants.ts'
import { verdictOf } from '../../../main/core/compare/verdict.ts'
import { comparisonCsv, variantName } from '../../../main/messages/index.ts'
import { queueSentences, verdictSentences } from '../../../main/messages/verdict.ts'
import { fc } from '../../support/random.ts'

const values = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 50 })

test('a median has as many values below as above, and lies within the range', () => {
  fc.assert(
    fc.property(values, (list) => {
      const middle = median(list)
      const below = list.filter((value) => value < middle).length
      const above = list.filter((value) => value > middle).length
      assert.ok(below <= list.length / 2 && above <= list.length / 2)
      const spread = spreadOf(list)
      assert.ok(spread !== null && spread.min <= spread.median && spread.median <= spread.max)
      assert.ok(list.includes(medianItem(list, (value) => value) ?? NaN))
    }),
  )
  assert.equal(spreadOf([]), null)
  assert.equal(medianItem([], Number), null)
})

test('each variant has one turn a round and one before, and the order is turned round each time', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 20 }),
      (variants, runs) => {
        const turns = turnsOf(variants, runs)
        assert.equal(turns.length, variants.length * (runs + 1))
        for (let round = 0; round <= runs; round++) {
          const order = turns.filter((turn) => turn.round === round).map(({ variant }) => variant)
          assert.deepEqual(round % 2 === 0 ? order : order.reverse(), variants)
        }
      },
    ),
  )
})

test('presets name what can run here; the textbook has its four, with its counts', () => {
  const supported = ['sendfile', 'splice', 'mmap', 'zerocopy', 'direct', 'readwrite'] as const
  const secured = [...supported, 'seal', 'ktls'] as const
  const names = (preset: Parameters<typeof variantsOf>[0], chosen: Parameters<typeof variantsOf>[2] = null) =>
    variantsOf(preset, supported, chosen).map(variantName)
  assert.deepEqual(names('techniques').sort(), [
    'direct',
    'mmap',
    'readwrite 1 MiB',
    'sendfile',
    'splice',
    'zerocopy',
  ])
  const ofSecurity = (security: 'encrypted' | 'clear') =>
    variantsOf('techniques', secured, null, security).map(({ technique }) => technique)
  assert.deepEqual(ofSecurity('encrypted'), ['seal', 'ktls'])
  assert.deepEqual(ofSecurity('clear'), supported)
  assert.deepEqual(names('textbook'), ['readwrite 4 KiB', 'readwrite 1 MiB', 'mmap', 'sendfile'])
  assert.deepEqual(
    variantsOf('textbook', supported, null).map((variant) => textbookCount(variant)?.copies),
    [4, 4, 3, 2],
  )
  assert.deepEqual(names('techniques', ['mmap']), ['mmap'])
  assert.deepEqual(names('mapping'), [
    'mmap plain',
    'mmap sequential',
    'mmap willneed',
    'mmap populate',
    'mmap lock',
  ])
  assert.deepEqual(variantsOf('textbook', ['readwrite'], null).length, 2)
  assert.deepEqual(
    names('buffer'),
    ['4 KiB', '16 KiB', '64 KiB', '256 KiB', '1 MiB', '4 MiB', '16 MiB'].map((size) => `readwrite ${size}`),
  )
  assert.deepEqual(
    names('durability'),
    DURABILITIES.map((durability) => `sendfile ${durability}`),
  )
  assert.deepEqual(
    variantsOf('durability', ['transmitfile', 'readwrite'], null).map(({ technique }) => technique),
    ['transmitfile', 'transmitfile', 'transmitfile', 'transmitfile'],
  )
  assert.equal(names('durability', ['mmap', 'splice']).length, 2 * DURABILITIES.length)
  for (const preset of COMPARE_PRESETS) {
    const all = variantsOf(preset, supported, null).map(variantName)
    assert.equal(new Set(all).size, all.length, preset)
    assert.notEqual(all.length, 0)
  }
})

const variant = (technique: CompareVariant['technique']): CompareVariant => ({
  technique,
  bufferBytes: 4096,
  mapOptions: null,
  durability: null,
})

function row(name: CompareVariant['technique'], rate: Spread | null, cpu: Spread | null = rate): CompareRow {
  return {
    variant: variant(name),
    runs: 4,
    bytesPerSecond: rate,
    seconds: null,
    senderCpuPerGib: cpu,
    receiverCpuPerGib: null,
    report: null,
    receiverReport: null,
    textbook: null,
    problem: rate === null ? { code: 'technique-unavailable', params: { technique: 'a, "b"' } } : null,
  }
}

test('the highest rate and the lowest CPU time win, clearly only where the ranges do not touch', () => {
  const low = { median: 2, min: 1, max: 3 }
  const high = { median: 6, min: 4, max: 8 }
  const apart = verdictOf([row('mmap', low), row('sendfile', high), row('direct', null)], 'techniques')
  assert.equal(apart.rate?.variant.technique, 'sendfile')
  assert.equal(apart.cpu?.variant.technique, 'mmap')
  assert.deepEqual([apart.rate.certainty, apart.cpu.certainty], ['clear', 'clear'])
  assert.equal(apart.rate.timesNext, 3)
  const touching = verdictOf([row('mmap', { ...low, max: 4 }), row('sendfile', high)], 'techniques')
  assert.equal(touching.rate?.certainty, 'overlap')
  assert.deepEqual(verdictOf([row('mmap', low), row('direct', null)], 'techniques'), {
    rate: null,
    cpu: null,
  })
})

const techniques = ['readwrite', 'mmap', 'gather', 'sendfile', 'splice'] as const
/** Rounds of each technique; from a few values, so that ties and overlaps are many. */
const measured = fc.uniqueArray(
  fc.record({
    technique: fc.constantFrom(...techniques),
    rounds: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
  }),
  { selector: ({ technique }) => technique, minLength: 2, maxLength: techniques.length },
)

function rowOfRounds({ technique, rounds }: { technique: CompareVariant['technique']; rounds: number[] }) {
  return { ...row(technique, spreadOf(rounds)), runs: rounds.length }
}

function compared(preset: 'log' | 'scattered', rows: readonly CompareRow[]): Comparison {
  const verdict = verdictOf(rows, preset)
  return { preset, peer: null, fileSystem: null, title: 'a', files: 1, bytes: 1, check: false, rows, verdict }
}

/** Whether every round of this technique is better than every round of all others, in enough rounds. */
function standsClear(
  rounds: readonly { technique: string; rounds: number[] }[],
  name: string,
  most: boolean,
) {
  const own = rounds.find(({ technique }) => technique === name)?.rounds ?? []
  const others = rounds.filter(({ technique }) => technique !== name)
  return (
    rounds.every((each) => each.rounds.length >= 4) &&
    others.every((other) =>
      most ? Math.min(...own) > Math.max(...other.rounds) : Math.max(...own) < Math.min(...other.rounds),
    )
  )
}

test('for any rounds: a sentence names a winner only where all its rounds beat all others', () => {
  fc.assert(
    fc.property(measured, (rounds) => {
      const comparison = compared('log', rounds.map(rowOfRounds))
      const [rate = '', cpu = ''] = verdictSentences(comparison, 'en')
      const fastest = /^Fastest: (\w+)/u.exec(rate)?.[1]
      const cheapest = /^Least processor time at the sender: (\w+)/u.exec(cpu)?.[1]
      assert.ok(fastest !== undefined || rate.startsWith('No clear winner'))
      assert.ok(cheapest !== undefined || cpu.startsWith('No clear winner'))
      const names = rounds.map(({ technique }) => technique)
      assert.deepEqual(
        names.filter((name) => standsClear(rounds, name, true)),
        fastest === undefined ? [] : [fastest],
      )
      assert.deepEqual(
        names.filter((name) => standsClear(rounds, name, false)),
        cheapest === undefined ? [] : [cheapest],
      )
      const overlapping = /overlap with those of (\w+)/u.exec(rate)?.[1]
      if (overlapping === undefined) return
      const leader = comparison.verdict.rate?.variant.technique
      const [one, other] = [leader, overlapping].map((name) => {
        const own = rounds.find(({ technique }) => technique === name)?.rounds ?? []
        return [Math.min(...own), Math.max(...own)] as const
      })
      assert.ok(one && other && one[0] <= other[1] && other[0] <= one[1])
    }),
    { numRuns: 2000 },
  )
})

test('for any rounds: log and scattered are reported to differ only if both have a clear winner, and not the same', () => {
  fc.assert(
    fc.property(measured, measured, (first, second) => {
      const log = compared('log', first.map(rowOfRounds))
      const scattered = compared('scattered', second.map(rowOfRounds))
      const winners = [log, scattered].map(({ verdict: { cpu } }) =>
        cpu?.certainty === 'clear' ? variantName(cpu.variant) : null,
      )
      const [, sentence = ''] = queueSentences(log, scattered, 'en')
      assert.equal(
        / differs on this machine/u.test(sentence),
        winners[0] !== null && winners[1] !== null && winners[0] !== winners[1],
      )
      assert.equal(/does not show a difference/u.test(sentence), !/ differs on/u.test(sentence))
      if (/is best for/u.test(sentence)) assert.equal(winners[0], winners[1])
    }),
  )
})

test('the exported table has one line a variant, and no cell can break it', () => {
  const rows = [row('mmap', { median: 2, min: 1, max: 3 }), row('direct', null)]
  const csv = comparisonCsv({
    preset: 'techniques',
    peer: null,
    fileSystem: null,
    title: 'a',
    files: 1,
    bytes: 1,
    check: false,
    rows,
    verdict: verdictOf(rows, 'techniques'),
  })
  const lines = csv.split('\r\n')
  assert.equal(lines.length, 4)
  const width = lines[0]?.split(',').length
  for (const line of lines.slice(0, 3)) assert.equal(line.split(',').length, width)
})

test('scattered slices are the same each time, lie within the file in order, and have others between them', () => {
  for (const size of [1, 5000, 1024 ** 2, 1024 ** 3]) {
    const slices = scatteredSlices(size)
    assert.deepEqual(scatteredSlices(size), slices)
    assert.ok(slices.length > 0)
    let end = 0
    for (const { offset, length } of slices) {
      assert.ok(offset >= end && length > 0 && offset + length <= size)
      end = offset + length
    }
    if (size < 1024 ** 2) continue
    const taken = slices.reduce((sum, { length }) => sum + length, 0)
    assert.ok(taken / end > 0.1 && taken / end < 0.15, 'an eighth of what they lie in')
  }
})
