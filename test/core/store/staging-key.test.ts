// Invariant: a state folder has one staging key, the same for concurrent callers, and only its owner can read it.
import assert from 'node:assert/strict'
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { PenstockError } from '../../../main/contract/errors.ts'
import { stagingKey } from '../../../main/core/store/staging-key.ts'

let state = ''
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'penstock-key-'))
})
afterEach(() => rm(state, { recursive: true, force: true }))

test('it is made once, also by many at once, and is private', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => stagingKey(state)))
  assert.equal(new Set(keys.map((key) => key.toString('hex'))).size, 1)
  assert.equal(keys[0]?.length, 32)
  assert.deepEqual(await stagingKey(state), keys[0])
  assert.deepEqual(await readdir(state), ['staging.key'])
  assert.equal((await lstat(join(state, 'staging.key'))).mode & 0o777, 0o600)
})

for (const [what, make] of [
  ['an empty file', (path: string) => writeFile(path, '')],
  ['31 bytes', (path: string) => writeFile(path, Buffer.alloc(31))],
  ['33 bytes', (path: string) => writeFile(path, Buffer.alloc(33))],
  ['a link to 32 bytes', (path: string) => symlink('elsewhere', path)],
] as const) {
  test(`${what} is replaced`, async () => {
    const known = Buffer.alloc(32, 1)
    await writeFile(join(state, 'elsewhere'), known)
    await make(join(state, 'staging.key'))
    const key = await stagingKey(state)
    assert.equal(key.length, 32)
    assert.notDeepEqual(key, known)
    assert.deepEqual(await stagingKey(state), key)
    assert.deepEqual(await readFile(join(state, 'elsewhere')), known)
    assert.ok((await lstat(join(state, 'staging.key'))).isFile())
  })
}

test('a state folder that is not there', async () => {
  await assert.rejects(stagingKey(join(state, 'none')), PenstockError)
})
