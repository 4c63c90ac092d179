// Invariant: input in the form of an address is parsed as one or fails at once; it is never looked up as a name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PenstockError } from '../../../main/contract/errors.ts'
import { parseDestination } from '../../../main/core/discovery/address.ts'

const WRONG = [
  ...['0', '65536', '99999', '123456'].flatMap((port) => [
    `1.2.3.4:${port}`,
    `[::1]:${port}`,
    `[fe80::1%eth0]:${port}`,
    `host:${port}`,
    `a.example.org:${port}`,
  ]),
  ...['[10.0.0.2]:53317', '[10.0.0.2]', '[host]:1', '[]', '[]:1', '[::1]:', '[::1]:x', '[::1]:-1', '[::g]'],
]

for (const to of WRONG) {
  test(`no address: ${to}`, () => {
    assert.throws(
      () => parseDestination(to),
      (error) => error instanceof PenstockError && error.code === 'usage' && error.params['value'] === to,
    )
  })
}

const ADDRESSES = [
  ['1.2.3.4', '1.2.3.4', null],
  ['1.2.3.4:1', '1.2.3.4', 1],
  ['::1', '::1', null],
  ['[::1]', '::1', null],
  ['[::1]:65535', '::1', 65535],
  ['fe80::1%eth0', 'fe80::1%eth0', null],
  ['[fe80::1%eth0]:53317', 'fe80::1%eth0', 53317],
  ['host:053', 'host', 53],
  [' host.local:8080 ', 'host.local', 8080],
] as const

for (const [to, host, port] of ADDRESSES) {
  test(`an address: ${to}`, () => {
    assert.deepEqual(parseDestination(to), { kind: 'address', host, port })
  })
}

/** Names, and the host that each may also be. */
const NAMES = [
  ['Office', 'Office'],
  ['desk', 'desk'],
  ['ab'.repeat(32), 'ab'.repeat(32)],
  ...['', 'Ana’s laptop', 'desk: left', 'room 12:30', 'a:b', '会议室'].map((name) => [name, null] as const),
] as const

for (const [name, host] of NAMES) {
  test(`a name: “${name}”`, () => {
    assert.deepEqual(parseDestination(name), { kind: 'name', name, host, port: null })
  })
}
