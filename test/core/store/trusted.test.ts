// Invariant: the file of trusted devices is whole or absent, keeps what each process has written, and is never replaced when
// it cannot be read. What one process revokes, every other one sees at its next question.
import assert from 'node:assert/strict'
import { lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { TRUSTED_LIMITS } from '../../../main/contract/trust.ts'
import { TrustedDevices } from '../../../main/core/device/trusted-devices.ts'
import { TrustedStore } from '../../../main/core/store/trusted.ts'
import { trustedDevice } from '../../support/penstock/trusted.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-trusted-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

const fingerprint = (index: number): string => index.toString(16).padStart(64, '0')
const path = (): string => join(dir, 'trusted', 'devices.json')

test('another store sees each change at once, and its own changes keep those of the first', async () => {
  const window = new TrustedDevices(await TrustedStore.open(dir))
  const command = new TrustedDevices(await TrustedStore.open(dir))
  await window.trust(fingerprint(1), 'One')
  await window.change(fingerprint(1), { alwaysAccept: true })
  assert.deepEqual(
    command.list().map(({ name, alwaysAccept }) => [name, alwaysAccept]),
    [['One', true]],
  )
  await command.trust(fingerprint(2), 'Two')
  await command.change(fingerprint(1), { alwaysAccept: false })
  assert.deepEqual(
    window.list().map(({ name, alwaysAccept }) => [name, alwaysAccept]),
    [
      ['One', false],
      ['Two', false],
    ],
  )
  await command.forget(fingerprint(1))
  assert.deepEqual(
    window.list().map(({ name }) => name),
    ['Two'],
  )
  assert.equal((await lstat(path())).mode & 0o777, 0o600)
})

test('of changes that run at the same time in several stores, none is lost', async () => {
  const stores = await Promise.all(Array.from({ length: 5 }, () => TrustedStore.open(dir)))
  await Promise.all(
    stores.flatMap((store, one) =>
      Array.from({ length: 4 }, (_, two) =>
        new TrustedDevices(store).trust(fingerprint(10 * one + two), `Device ${one}.${two}`),
      ),
    ),
  )
  assert.equal((await TrustedStore.open(dir)).devices.length, 20)
})

const BROKEN: readonly (readonly [what: string, make: () => Promise<unknown>])[] = [
  ['no JSON', () => writeFile(path(), '{')],
  ['another shape', () => writeFile(path(), '{"version":1,"devices":[{"fingerprint":"x"}]}')],
  ['another version', () => writeFile(path(), '{"version":2,"devices":[]}')],
  ['a folder', () => mkdir(path())],
]

for (const [what, make] of BROKEN) {
  test(`a file that is ${what} is an error and stays`, async () => {
    await mkdir(join(dir, 'trusted'))
    await make()
    const before = await readFile(path(), 'utf8').catch(() => null)
    await assert.rejects(TrustedStore.open(dir), { code: 'state-unreadable' })
    assert.equal(await readFile(path(), 'utf8').catch(() => null), before)
  })
}

test('a file that breaks while it is used leaves names bound and takes every permission away', async () => {
  const devices = new TrustedDevices(await TrustedStore.open(dir))
  await devices.trust(fingerprint(1), 'Office')
  await devices.change(fingerprint(1), { alwaysAccept: true, mayClear: true })
  await writeFile(path(), 'x')
  assert.deepEqual(
    devices.list().map(({ name, alwaysAccept, mayClear }) => [name, alwaysAccept, mayClear]),
    [['Office', false, false]],
  )
  await assert.rejects(devices.forget(fingerprint(1)), { code: 'state-unreadable' })
})

test('the devices that an earlier version always accepted are trusted, once', async () => {
  const earlier = { alias: 'Phone', since: '2026-01-01T00:00:00.000Z', allowClear: true }
  const file = { version: 1, alwaysAccept: { [fingerprint(7)]: earlier } }
  await writeFile(join(dir, 'settings.json'), JSON.stringify(file))
  const devices = new TrustedDevices(await TrustedStore.open(dir))
  assert.deepEqual(devices.list(), [
    trustedDevice({
      ...{ fingerprint: fingerprint(7), name: 'Phone', alias: 'Phone' },
      ...{ alwaysAccept: true, mayClear: true },
    }),
  ])
  await devices.forget(fingerprint(7))
  assert.deepEqual((await TrustedStore.open(dir)).devices, [])
})

test('one device too many is refused, and none is dropped for it', async () => {
  const store = await TrustedStore.open(dir)
  const full = Array.from({ length: TRUSTED_LIMITS.devices }, (_, index) =>
    trustedDevice({ fingerprint: fingerprint(index), name: `Device ${index}` }),
  )
  await store.update(() => full)
  await assert.rejects(new TrustedDevices(store).trust(fingerprint(99_999), 'More'), { code: 'usage' })
  assert.equal(store.devices.length, TRUSTED_LIMITS.devices)
})

test('names are found in any case, fingerprints by their start, and two that match are ambiguous', async () => {
  const devices = new TrustedDevices(await TrustedStore.open(dir))
  await devices.trust('ab'.repeat(32), 'Office')
  await devices.trust(`${'ab'.repeat(31)}cd`, 'Office')
  assert.equal(devices.find('office').name, 'Office')
  assert.equal(devices.find('OFFICE (2)').name, 'Office (2)')
  assert.equal(devices.find('AB AB '.repeat(15) + 'abcd').name, 'Office (2)')
  assert.throws(() => devices.find('abababab'), { code: 'peer-ambiguous' })
  assert.throws(() => devices.find('Kitchen'), { code: 'not-trusted' })
  await assert.rejects(devices.change(`${'ab'.repeat(31)}cd`, { name: 'OFFICE' }), { code: 'usage' })
})

test('a state folder that cannot be written is an error of the change, not of reading', async () => {
  const store = await TrustedStore.open(join(dir, 'missing'))
  assert.deepEqual(store.devices, [])
  await writeFile(join(dir, 'missing'), '')
  await assert.rejects(new TrustedDevices(store).trust(fingerprint(1), 'One'), { code: 'name-taken' })
})
