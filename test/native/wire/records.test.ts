// Invariant: node:crypto opens what the addon seals, and the reverse, for any sizes, paddings and sequence; the addon uses its
// own library, not the copy in this program.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { openByNode, nativeRecords, RECORDS_ADDON, sealByNode } from '../../support/records.ts'
import { fc } from '../../support/random.ts'

const CONTENT_BYTES = 16_384
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const keys = fc.record({ key: exactly(16), iv: exactly(12) })
/** Small contents, and those at the limit. */
const content = (least: number) =>
  fc
    .tuple(
      fc.oneof(
        fc.integer({ min: least, max: 100 }),
        fc.integer({ min: CONTENT_BYTES - 20, max: CONTENT_BYTES }),
      ),
      fc.nat(255),
    )
    .map(([size, seed]) => Uint8Array.from({ length: size }, (_, index) => (index * 7 + seed) & 255))
const hex = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('hex')

describe('records and node:crypto', { skip: process.platform !== 'linux' }, () => {
  test('node:crypto opens what the addon seals', () => {
    const { sealer } = nativeRecords()
    fc.assert(
      fc.property(keys, fc.array(content(1), { minLength: 1, maxLength: 8 }), (pair, contents) => {
        const seal = sealer(pair.key, pair.iv)
        for (const [index, one] of contents.entries()) {
          const record = seal?.(one) ?? Buffer.alloc(0)
          assert.equal(record.length, one.length + 22)
          assert.equal(hex(openByNode(pair, BigInt(index), record)), `${hex(one)}17`)
        }
      }),
    )
  })

  test('the addon opens what node:crypto seals, up to the first record that is not legal', () => {
    const record = fc.record({
      content: content(0),
      padding: fc.nat(40),
      type: fc.oneof({ weight: 12, arbitrary: fc.constant(23) }, { weight: 1, arbitrary: fc.nat(255) }),
    })
    const { opener } = nativeRecords()
    fc.assert(
      fc.property(keys, fc.array(record, { minLength: 1, maxLength: 8 }), (pair, records) => {
        const open = opener(pair.key, pair.iv)
        assert.ok(open)
        let legal = true
        for (const [index, one] of records.entries()) {
          const fits = one.content.length + one.padding <= CONTENT_BYTES
          legal &&= one.type === 23 && fits
          const opened = open(sealByNode(pair, BigInt(index), one.content, one))
          assert.equal(opened !== null, legal)
          if (legal) assert.equal(hex(opened), hex(one.content))
        }
      }),
    )
  })
})

/** What the dynamic linker bound for a process that made a record: [from, to] by file name, for each symbol. */
function bindings(): (readonly [string, string])[] {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-bindings-'))
  const make = `require(${JSON.stringify(RECORDS_ADDON)}).sealer(Buffer.alloc(16), Buffer.alloc(12))(Buffer.alloc(9))`
  try {
    const env = { ...process.env, LD_DEBUG: 'bindings', LD_DEBUG_OUTPUT: join(folder, 'ld') }
    execFileSync(process.execPath, ['--eval', make], { env })
    const lines = readdirSync(folder).flatMap((name) =>
      readFileSync(join(folder, name), 'latin1').split('\n'),
    )
    return lines.flatMap((line) => {
      const [, from, to] = /binding file (\S+) \[\d+\] to (\S+) \[\d+\]: /u.exec(line) ?? []
      return from === undefined || to === undefined ? [] : [[basename(from), basename(to)] as const]
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test(
  'the cipher library calls itself, and nothing of this program',
  { skip: process.platform !== 'linux' },
  (t) => {
    const library = nativeRecords().cipherLibrary
    const targets = new Map<string, number>()
    for (const [from, to] of bindings()) {
      if (from === library) targets.set(to, (targets.get(to) ?? 0) + 1)
    }
    t.diagnostic([...targets].map(([to, count]) => `${library} → ${to}: ${count}`).join(', '))
    assert.ok((targets.get(library) ?? 0) > 1000, 'it binds its own calls to itself')
    const others = [...targets.keys()].filter(
      (name) => name !== library && !/^(?:libc|libdl|libpthread)\.so/u.test(name),
    )
    assert.deepEqual(others, [])
  },
)
