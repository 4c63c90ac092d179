// Invariant: a LocalSend device learns of each file what it needs to keep it well: its type by its name, its time to the last
// digit; and what its protocol cannot carry is listed as that.
import assert from 'node:assert/strict'
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fc } from '../../support/random.ts'
import type { Penstock } from '../../../main/core/api.ts'
import { timeOf, timeText } from '../../../main/core/protocol/localsend/times.ts'
import { fakeReceiver } from '../../support/localsend/receiver.ts'
import { newIdentity } from '../../support/penstock/control.ts'
import { sendOptions } from '../../support/penstock/options.ts'
import { Several } from '../../support/penstock/several.ts'

const several = new Several()
let root = ''
let sender: Penstock

before(async () => {
  sender = await several.open('sender')
  root = several.root
})

after(() => several.close())

test('each file has the type of its name, in any case, and the one for bytes without a known name', async (t) => {
  const types: Readonly<Record<string, RegExp>> = {
    'a.jpg': /^image\/jpeg$/,
    'B.JPEG': /^image\/jpeg$/,
    'c.heic': /^image\/heic$/,
    'd.png': /^image\/png$/,
    'e.webp': /^image\/webp$/,
    'f.dng': /^image\//,
    'g.mp4': /^video\/mp4$/,
    'h.MOV': /^video\/quicktime$/,
    'i.mkv': /^video\//,
    'j.txt': /^text\/plain$/,
    'k.pdf': /^application\/pdf$/,
    'l.apk': /^application\/vnd.android.package-archive$/,
    jpg: /^application\/octet-stream$/,
    '.jpg': /^application\/octet-stream$/,
    'm.unheard-of': /^application\/octet-stream$/,
    'n.toString': /^application\/octet-stream$/,
  }
  const folder = join(root, 'types')
  await mkdir(folder)
  for (const name of Object.keys(types)) await writeFile(join(folder, name), 'x')
  const receiver = await fakeReceiver(t, await newIdentity(t), () => false)
  const end = await sender.send(sendOptions([folder], receiver.device, { security: 'encrypted' })).ended
  assert.equal(end.kind, 'done')
  assert.equal(receiver.offered.length, Object.keys(types).length)
  for (const { fileName, fileType } of receiver.offered) {
    assert.match(fileType, types[fileName.replace('types/', '')] ?? assert.fail(fileName), fileName)
  }
})

test('a time is sent with all its digits', async (t) => {
  const path = join(root, 'dated.txt')
  await writeFile(path, 'x')
  await utimes(path, 1_700_000_000.25, 1_700_000_000.25)
  const receiver = await fakeReceiver(t, await newIdentity(t), () => false)
  await sender.send(sendOptions([path], receiver.device, { security: 'encrypted' })).ended
  assert.equal(receiver.offered[0]?.metadata?.modified, '2023-11-14T22:13:20.250Z')
})

test('every time in nanoseconds survives its text, as RFC 3339 has it', () => {
  const years = 8_000_000_000n * 1_000_000_000n
  fc.assert(
    fc.property(fc.bigInt({ min: -years, max: years }), (ns) => {
      const text = timeText(ns)
      assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z$/)
      assert.equal(timeOf(text), ns)
    }),
  )
  assert.equal(timeText(1n), '1970-01-01T00:00:00.000000001Z')
  assert.equal(timeText(-1n), '1969-12-31T23:59:59.999999999Z')
  assert.equal(timeOf('2000-01-01T01:00:00,5+01:00'), 946_684_800_500_000_000n)
  for (const text of ['', 'yesterday', '2000-99-01', 'null']) assert.equal(timeOf(text), null, text)
  const last = 8_640_000_000_000n * 1_000_000_000n
  assert.equal(timeOf('+275760-09-13T00:00:00Z'), last)
  for (const beyond of [last, -last]) assert.equal(timeOf(timeText(beyond * 1000n)), beyond)
})

test('a link and an empty folder are listed as what LocalSend does not carry', async (t) => {
  const folder = join(root, 'mixed')
  await mkdir(join(folder, 'empty'), { recursive: true })
  await writeFile(join(folder, 'file'), 'x')
  await symlink('file', join(folder, 'link'))
  const receiver = await fakeReceiver(t, await newIdentity(t), () => false)
  const end = await sender.send(sendOptions([folder], receiver.device, { security: 'encrypted' })).ended
  assert.ok(end.kind === 'done')
  assert.deepEqual(
    end.report.notDelivered.map(({ path, by, reason }) => `${path} ${by} ${reason.code}`),
    ['mixed/empty policy files-only', 'mixed/link policy files-only'],
  )
})
