// Invariant: the cipher library is the first of the known names that can be opened and has every call; if there is none,
// the addon still loads, makes no record and offers no technique that needs one.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import { RECORDS_ADDON, sealByNode } from '../../support/records.ts'

const NAMES = ['libcrypto.so.3', 'libcrypto.so.1.1'] as const
const KEYS = { key: Buffer.alloc(16, 1), iv: Buffer.alloc(12, 2) }
const CONTENT = Buffer.from('penstock')

/** What a process found: the library's name, a record made with it, and the files of libraries that it has loaded. */
const foundSchema = z.object({
  library: z.string(),
  record: z.string().nullable(),
  techniques: z.array(z.string()),
  loaded: z.array(z.string()),
})

const CHILD = `
  const records = require(${JSON.stringify(RECORDS_ADDON)})
  const addon = require(${JSON.stringify(RECORDS_ADDON.replace('penstock_records', 'penstock'))})
  const bytes = (text) => Buffer.from(text, 'hex')
  const seal = records.sealer(bytes('${KEYS.key.toString('hex')}'), bytes('${KEYS.iv.toString('hex')}'))
  const maps = require('fs').readFileSync('/proc/self/maps', 'latin1')
  const { send, receive } = addon.supportedTechniques()
  console.log(JSON.stringify({
    library: records.cipherLibrary,
    record: seal && Buffer.from(seal(bytes('${CONTENT.toString('hex')}'))).toString('hex'),
    techniques: [...send, ...receive],
    loaded: [...new Set(maps.match(/\\/\\S+\\.so\\S*/g))],
  }))`

/** Queries a process that finds these files before the system's. */
function look(files: Readonly<Record<string, string>> = {}): z.infer<typeof foundSchema> {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-library-'))
  after(() => {
    rmSync(folder, { recursive: true })
  })
  for (const [name, from] of Object.entries(files)) {
    if (from === '') writeFileSync(join(folder, name), 'not a library')
    else copyFileSync(from, join(folder, name))
  }
  const env = { ...process.env, LD_LIBRARY_PATH: folder }
  const text = execFileSync(process.execPath, ['--eval', CHILD], { env, encoding: 'utf8' })
  return foundSchema.parse(JSON.parse(text))
}

describe('the cipher library', { skip: process.platform !== 'linux' }, () => {
  const expected = sealByNode(KEYS, 0n, CONTENT).toString('hex')
  const usual = look()
  const path = (part: string) => usual.loaded.find((name) => name.includes(part)) ?? ''
  const [good, other] = [path('libcrypto'), path('libm.so')]

  test('is the system’s', () => {
    assert.equal(usual.library, NAMES[0])
    assert.equal(usual.record, expected)
    assert.ok(usual.techniques.includes('seal') && usual.techniques.includes('unseal'))
  })

  const cases = [
    { of: 'the first name cannot be opened', first: '' },
    { of: 'the first name has none of the calls', first: other },
  ]
  for (const { of, first } of cases) {
    test(`is that of the second name where ${of}`, () => {
      const found = look({ [NAMES[0]]: first, [NAMES[1]]: good })
      assert.equal(found.library, NAMES[1])
      assert.equal(found.record, expected)
    })

    test(`is missing where ${of}, nor the second`, () => {
      const found = look({ [NAMES[0]]: first, [NAMES[1]]: first })
      assert.equal(found.library, '')
      assert.equal(found.record, null)
      assert.ok(!found.techniques.includes('seal') && !found.techniques.includes('unseal'))
      assert.ok(found.techniques.includes('sendfile'))
    })
  }
})
