// Invariant: the keys of a stream are those that WIRE.md derives, differ by direction, and change with every bit of the
// secret, the preamble and HELLO.
import assert from 'node:assert/strict'
import { createDecipheriv } from 'node:crypto'
import { describe, test } from 'node:test'
import { expandLabel, extract } from '../../../../main/core/protocol/penstock/hkdf.ts'
import { recordKeys, streamKeys } from '../../../../main/core/protocol/penstock/keys.ts'
import type { StreamKeys } from '../../../../main/core/protocol/penstock/keys.ts'
import { goldenRecords } from '../../../support/golden.ts'
import { fc } from '../../../support/random.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const fromHex = (text: string) => Buffer.from(text, 'hex')
const inHex = ({ key, iv }: { key: Uint8Array; iv: Uint8Array }) => ({ key: hex(key), iv: hex(iv) })
const fourOf = ({ sender, receiver }: StreamKeys) =>
  [sender.key, sender.iv, receiver.key, receiver.iv].map(hex)

/** RFC 8448 §3: a traffic secret, and what the RFC derives from it. */
const PUBLISHED = [
  {
    of: 'the server, handshake',
    secret: 'b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38',
    key: '3fce516009c21727d0f2e4e86ee403bc',
    iv: '5d313eb2671276ee13000b30',
    finished: '008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8',
  },
  {
    of: 'the client, handshake',
    secret: 'b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21',
    key: 'dbfaa693d1762c5b666af5d950258d01',
    iv: '5bd3c71b836e0b76bb73265f',
    finished: 'b80ad01015fb2f0bd65ff7d4da5d6bf83f84821d1f87fdc7d3c75b5a7b42d9c4',
  },
  {
    of: 'the server, application',
    secret: 'a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643',
    key: '9f02283b6c9c07efc26bb9f2ac92e356',
    iv: 'cf782b88dd83549aadf1e984',
  },
  {
    of: 'the client, application',
    secret: '9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5',
    key: '17422dda596ed5d9acd890e3c63f5051',
    iv: '5b78923dee08579033e523d9',
  },
]

describe('RFC 8448', () => {
  for (const { of, secret, key, iv, finished } of PUBLISHED) {
    test(`key and iv of ${of}`, () => {
      assert.deepEqual(inHex(recordKeys(fromHex(secret))), { key, iv })
      if (finished !== undefined) assert.equal(hex(expandLabel(fromHex(secret), 'finished', 32)), finished)
    })
  }

  test('its early secret is the extract of nothing', () => {
    const early = '33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a'
    assert.equal(hex(extract(Buffer.alloc(32), Buffer.alloc(32))), early)
  })
})

test('golden.json has a record of each side', () => {
  assert.deepEqual(
    goldenRecords.map(({ from }) => from),
    ['sender', 'receiver'],
  )
})

for (const { from, record, secret, preamble, hello, key, iv, content } of goldenRecords) {
  test(`the golden record of the ${from} has these keys, which open it`, () => {
    const keys = streamKeys(secret, preamble, hello)[from]
    assert.deepEqual(inHex(keys), inHex({ key, iv }))
    const decipher = createDecipheriv('aes-128-gcm', keys.key, keys.iv)
      .setAAD(record.subarray(0, 5))
      .setAuthTag(record.subarray(-16))
    const inner = Buffer.concat([decipher.update(record.subarray(5, -16)), decipher.final()])
    assert.equal(hex(inner), `${hex(content)}17`)
  })
}

test('one flipped bit of secret, preamble or HELLO changes every key and iv', () => {
  const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  fc.assert(
    fc.property(
      exactly(32),
      exactly(64),
      exactly(32),
      fc.nat(128 * 8 - 1),
      (secret, preamble, hello, bit) => {
        const all = Buffer.concat([secret, preamble, hello])
        const good = fourOf(streamKeys(secret, preamble, hello))
        assert.equal(new Set(good).size, 4, 'no two of them are equal')
        all.writeUInt8(all.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        const parts = [all.subarray(0, 32), all.subarray(32, 96), all.subarray(96)] as const
        const others = fourOf(streamKeys(...parts))
        for (const [index, value] of others.entries()) assert.notEqual(value, good[index])
      },
    ),
  )
})
