// Invariant: "By address" on one device accepts the address that another device shows.
import { expect, test } from 'vitest'
import { parseDestination } from '../../main/core/discovery/address.ts'
import { addressWithPort } from '../../renderer/features/devices/address.ts'

test.each([
  ['192.168.1.20', 53317, '192.168.1.20', null],
  ['192.168.1.20', 40123, '192.168.1.20:40123', 40123],
  ['fd00::2', 53317, 'fd00::2', null],
  ['fd00::2', 40123, '[fd00::2]:40123', 40123],
  ['192.168.1.20', null, '192.168.1.20', null],
])('%s at port %s', (address, port, shown, parsed) => {
  expect(addressWithPort(address, port)).toBe(shown)
  expect(parseDestination(shown)).toMatchObject({ host: address, port: parsed })
})
