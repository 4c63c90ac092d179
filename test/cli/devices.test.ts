// Invariant: `penstock devices` changes exactly the device and the permission that is named, and a wrong word changes nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from '../../main/cli/args/parse.ts'
import { devices } from '../../main/cli/commands/devices.ts'
import { fakeContext, FakePenstock, jsonLines } from './fake.ts'

const FINGERPRINT = 'ab'.repeat(32)

async function run(penstock: FakePenstock, line: readonly string[], json = false) {
  const { args } = parse(['devices', ...line])
  assert.ok(args.command === 'devices')
  const made = fakeContext(penstock, { json })
  return { exit: await devices(args, made.context), ...made.written }
}

test('trust, permissions, name and forget change what the next listing shows', async () => {
  const penstock = new FakePenstock()
  assert.match((await run(penstock, [])).out, /No trusted devices/)
  await run(penstock, ['trust', FINGERPRINT.toUpperCase(), '--name', 'Office'])
  const warned = await run(penstock, ['trust', 'office', '--always-accept', 'on', '--unencrypted', 'on'])
  assert.match(warned.out, /“Office” is trusted\. Always accept: yes\. Unencrypted: yes\./)
  assert.match(warned.err, /can be read and changed by others/)
  const revoked = await run(penstock, ['trust', 'abababab', '--always-accept', 'off'])
  assert.match(revoked.out, /Always accept: no\. Unencrypted: yes/)
  await run(penstock, ['rename', 'Office', 'Upstairs'])
  const listed = await run(penstock, [])
  assert.match(listed.out, /Upstairs +abababababababab +no +yes/)
  const [line] = jsonLines((await run(penstock, [], true)).out)
  assert.deepEqual(
    [line?.['event'], line?.['name'], line?.['fingerprint'], line?.['alwaysAccept'], line?.['mayClear']],
    ['device', 'Upstairs', FINGERPRINT, false, true],
  )
  await run(penstock, ['forget', 'upstairs'])
  assert.deepEqual(penstock.trusted.list(), [])
})

test('a name that no trusted device has is an error, and trusts nothing', async () => {
  const penstock = new FakePenstock()
  for (const line of [
    ['trust', 'Office'],
    ['trust', 'abababab'],
    ['rename', 'Office', 'Other'],
    ['forget', 'Office'],
  ]) {
    await assert.rejects(run(penstock, line), { code: 'not-trusted' })
  }
  assert.deepEqual(penstock.trusted.list(), [])
})

const WRONG: readonly string[] = [
  'devices other',
  'devices rename Office',
  'devices rename Office A B',
  'devices trust',
  'devices trust Office more',
  'devices forget',
  'devices forget Office more',
  'devices --name X',
  'devices forget Office --always-accept on',
  'devices trust Office --always-accept maybe',
]

for (const line of WRONG) {
  test(`${line} is a usage error`, () => {
    assert.throws(() => parse(line.split(' ')), { code: 'usage' })
  })
}
