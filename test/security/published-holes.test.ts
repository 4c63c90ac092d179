// Invariant: holes that were published for programs of this kind are not holes here. Each test is the attack, against a real
// receiver that accepts everything unasked, or a real sender. The two about identities are in changed-identity.test.ts and
// pairing.test.ts, the race between check and use in placement tests of the addon (test/native/files).
import assert from 'node:assert/strict'
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { parse } from '../../main/cli/args/parse.ts'
import { PenstockError } from '../../main/contract/errors.ts'
import { openPenstock } from '../../main/core/penstock.ts'
import { Phone, type PhoneFile } from '../support/localsend/phone.ts'
import { receiveOptions, sendOptions } from '../support/penstock/options.ts'
import { listening } from '../support/scripted/receiving.ts'

const CONTENT = 'attack'

/** All paths below a folder, in order; links are not followed. */
async function tree(dir: string): Promise<string[]> {
  return (await readdir(dir, { recursive: true })).sort()
}

/** A receiver whose folder lies beside a secret and a file of the user's. */
async function target(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'penstock-holes-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  await mkdir(join(root, 'in', 'kept'), { recursive: true })
  await writeFile(join(root, 'secret'), 'secret')
  await writeFile(join(root, 'in', 'kept', 'mine.txt'), 'mine')
  return { root, dir: join(root, 'in') }
}

/** Offers these names as a phone, and uploads every file that is accepted. */
async function sendNames(port: number, names: readonly string[]): Promise<Phone> {
  const phone = new Phone(port)
  const files: PhoneFile[] = names.map((fileName, index) => ({
    id: `f${index}`,
    fileName,
    size: CONTENT.length,
  }))
  await phone.offer(files)
  for (const { id } of files) if (phone.session?.files[id] !== undefined) await phone.upload(id, CONTENT)
  return phone
}

/** Names that leave the folder, or replace what is in it, wherever they are taken at their word. */
const ESCAPES = [
  '../secret',
  '../../../../../../tmp/penstock-hole',
  'a/../../secret',
  './../secret',
  '/etc/penstock-hole',
  '..\\secret',
  'a\\..\\..\\secret',
  'C:\\penstock-hole',
  'file:///etc/penstock-hole',
  '..',
  '.',
  'a/..',
  'a//../../secret',
  '%2e%2e%2fsecret',
  '..%00/secret',
  '\u2024\u2024/secret',
]

/**
 * LocalSend took a path from a received name, silently under auto-accept; croc took escaping names from a list; magic-wormhole
 * used the sender's name as a path.
 */
test('CVE-2025-27142, CVE-2023-43616, CVE-2026-32116: no received name leaves the folder, alone or in a list', async (t) => {
  const { root, dir } = await target(t)
  const { receiving } = await listening(t, { dir })
  const before = (await tree(root)).filter((path) => !path.startsWith('in'))
  // Alone, and in one list with a harmless name.
  for (const name of ESCAPES) await sendNames(receiving.port, [name])
  await sendNames(receiving.port, [...ESCAPES, 'harmless.txt'])
  assert.deepEqual(
    (await tree(root)).filter((path) => !path.startsWith('in')),
    before,
  )
  assert.equal(await readFile(join(root, 'secret'), 'utf8'), 'secret')
  await assert.rejects(lstat('/tmp/penstock-hole'), { code: 'ENOENT' })
  await assert.rejects(lstat('/etc/penstock-hole'), { code: 'ENOENT' })
  assert.equal(await readFile(join(dir, 'harmless.txt'), 'utf8'), CONTENT)
})

test('CVE-2023-43616 (croc: names in a list that overwrite): an existing file and one of the same list stay', async (t) => {
  const { dir } = await target(t)
  const { receiving } = await listening(t, { dir })
  await sendNames(receiving.port, ['kept/mine.txt', 'twice.txt', 'twice.txt', 'kept'])
  assert.equal(await readFile(join(dir, 'kept', 'mine.txt'), 'utf8'), 'mine')
  const contents = await Promise.all(
    (await tree(dir)).map(async (path) =>
      (await lstat(join(dir, path))).isFile() ? readFile(join(dir, path), 'utf8') : '',
    ),
  )
  assert.equal(contents.filter((text) => text === 'mine').length, 1)
  assert.ok(contents.filter((text) => text === CONTENT).length >= 2)
})

test('CVE-2024-38272 (Quick Share: content before consent): nothing is taken without an accepted session', async (t) => {
  const { dir } = await target(t)
  let asked = 0
  const before = await tree(dir)
  const { receiving } = await listening(t, {
    dir,
    decide: () => {
      asked += 1
      return Promise.resolve({ accept: false, problem: { code: 'refused' } })
    },
  })
  const phone = new Phone(receiving.port)
  // Without an offer; with an invented session and token; after a refusal, with every id that was seen.
  for (const path of ['upload', 'upload?sessionId=x&fileId=f0&token=x', 'upload?sessionId=&fileId=&token='])
    assert.equal((await phone.post(path, CONTENT)).status, 403)
  assert.equal((await phone.offer([{ id: 'f0', fileName: 'a.txt', size: CONTENT.length }])).status, 403)
  assert.equal(asked, 1)
  assert.equal((await phone.upload('f0', CONTENT)).status, 403)
  assert.deepEqual(await tree(dir), before)
})

test('CVE-2024-38272: while the user is asked, an upload writes nothing', async (t) => {
  const { dir } = await target(t)
  const before = await tree(dir)
  let answer: () => void = () => undefined
  const { receiving } = await listening(t, {
    dir,
    decide: () =>
      new Promise((resolve) => {
        answer = () => resolve({ accept: false, problem: { code: 'refused' } })
      }),
  })
  let asked: () => void = () => undefined
  const shown = new Promise<void>((resolve) => (asked = resolve))
  receiving.onTransfer(() => asked())
  const phone = new Phone(receiving.port)
  const offered = phone.offer([{ id: 'f0', fileName: 'a.txt', size: CONTENT.length }])
  await shown
  assert.equal((await phone.upload('f0', CONTENT)).status, 403)
  assert.deepEqual(await tree(dir), before)
  answer()
  assert.equal((await offered).status, 403)
})

test('CVE-2022-42725 (Warpinator: a received symlink that leads out of the folder)', async (t) => {
  const { root, dir } = await target(t)
  const source = join(root, 'source', 'folder')
  await mkdir(join(source, 'below'), { recursive: true })
  await writeFile(join(source, 'a.txt'), 'a')
  const links: readonly (readonly [name: string, to: string])[] = [
    ['up', '../../secret'],
    ['absolute', join(root, 'secret')],
    ['below/far', '../../../secret'],
    ['through', 'below/../../../secret'],
    ['inside', 'a.txt'],
  ]
  for (const [name, to] of links) await symlink(to, join(source, name))
  const sender = await openPenstock({ stateDir: join(root, 'state-a'), alias: 'sender' })
  const receiver = await openPenstock({ stateDir: join(root, 'state-b'), alias: 'receiver' })
  t.after(() => Promise.all([sender.close(), receiver.close()]))
  const receiving = await receiver.receive(receiveOptions(dir))
  const to = await sender.peers.probe('127.0.0.1', receiving.port)
  const end = await sender.send(sendOptions([source], to)).ended
  assert.ok(end.kind === 'done')
  const made = (await tree(join(dir, 'folder'))).filter((path) => links.some(([name]) => name === path))
  assert.deepEqual(made, ['inside'])
  assert.equal(await readlink(join(dir, 'folder', 'inside')), 'a.txt')
  assert.equal(await readFile(join(root, 'secret'), 'utf8'), 'secret')
})

test('CVE-2022-42725: a link in the target folder is not followed by a received name', async (t) => {
  const { root, dir } = await target(t)
  await mkdir(join(root, 'outside'))
  await symlink('../outside', join(dir, 'photos'))
  await symlink('../secret', join(dir, 'note.txt'))
  const { receiving } = await listening(t, { dir, onConflict: 'replace' })
  await sendNames(receiving.port, ['photos/a.jpg', 'note.txt'])
  assert.deepEqual(await tree(join(root, 'outside')), [])
  assert.equal(await readFile(join(root, 'secret'), 'utf8'), 'secret')
})

test('CVE-2026-25154 (script in a file name on a served page): no answer to a hostile name or path is a page', async (t) => {
  const { dir } = await target(t)
  const { receiving } = await listening(t, { dir })
  const script = '<script>alert(1)</script>.html'
  await sendNames(receiving.port, [script])
  for (const path of [
    encodeURIComponent(script),
    `info?${encodeURIComponent(script)}`,
    `../../${encodeURI(script)}`,
  ]) {
    const phone = new Phone(receiving.port)
    const { text } = await phone.post(path)
    assert.doesNotMatch(text, /<script/iu)
    if (text !== '') assert.doesNotThrow(() => JSON.parse(text), text)
  }
})

test('CVE-2023-43621 (croc: a secret in argv): a PIN among the arguments is refused and not repeated', () => {
  for (const line of [
    ['send', 'a', '--to', 'b', '--pin=2468'],
    ['send', 'a', '--to', 'b', '--pin', '2468'],
    ['receive', '--pin=2468'],
    ['receive', '--pin', '2468'],
    ['--pin2468', 'receive'],
  ]) {
    assert.throws(
      () => parse(line),
      (error) => {
        assert.ok(error instanceof PenstockError)
        assert.equal(error.params['why'], 'pin-argument')
        assert.doesNotMatch(JSON.stringify(error.params), /2468/u)
        return true
      },
    )
  }
})
