// Invariant: one limit applies to a name in settings, on the command line and in messages; a longer name of another device is
// truncated, and the device stays.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALIAS_MAX, cutAlias, isAlias } from '../../../main/contract/alias.ts'
import { defaultAlias } from '../../../main/core/device/alias.ts'
import {
  announcementSchema,
  infoSchema,
  registrationSchema,
} from '../../../main/core/protocol/localsend/messages.ts'

const NAMES = ['x'.repeat(65), 'x'.repeat(300), '会'.repeat(300), '😀'.repeat(100), ` ${'a'.repeat(63)} b`]

test('what others send is cut, by every schema', () => {
  for (const alias of NAMES) {
    for (const schema of [infoSchema, registrationSchema, announcementSchema]) {
      const read = schema.parse({ alias, fingerprint: 'ab'.repeat(32) }).alias
      assert.equal(read, cutAlias(alias))
      assert.ok(isAlias(read) && Array.from(read).length <= ALIAS_MAX)
    }
  }
})

test('a device without a name is called by its model, and one that says nothing is none', () => {
  const nameless = ['', '   ', '\u202e \n', null, 7, undefined]
  for (const schema of [infoSchema, registrationSchema, announcementSchema]) {
    for (const alias of nameless) {
      const fingerprint = 'ab'.repeat(32)
      assert.equal(schema.parse({ alias, fingerprint, deviceModel: 'Pixel 9' }).alias, 'Pixel 9')
      assert.equal(schema.parse({ alias, fingerprint }).alias, 'LocalSend')
      assert.equal(schema.safeParse({ alias, deviceModel: 'Pixel 9' }).success, schema === registrationSchema)
    }
  }
})

test('the host name is one, whatever it is', () => {
  for (const host of [...NAMES, '', ' ', '.', '.local']) assert.ok(isAlias(defaultAlias(host)), host)
})
