// Invariant: an entry of the state folder that is no regular file never blocks, is reported as a fault of the state, and stays.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { lstat, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { loadIdentity } from '../../../main/core/device/identity.ts'
import { History } from '../../../main/core/store/history.ts'
import { SettingsStore } from '../../../main/core/store/settings.ts'
import { stagingKey } from '../../../main/core/store/staging-key.ts'

let state = ''
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'penstock-state-'))
})
afterEach(() => rm(state, { recursive: true, force: true }))

const readers: readonly (readonly [string, (dir: string) => Promise<unknown>])[] = [
  ['identity.json', loadIdentity],
  ['history.jsonl', (dir) => History.open(dir)],
  ['settings.json', (dir) => SettingsStore.open(dir)],
]

const folder = (path: string): Promise<unknown> => mkdir(path)
const pipe = (path: string): void => void execFileSync('mkfifo', [path])
const linkToPipe = async (path: string): Promise<void> => {
  pipe(`${path}.pipe`)
  await symlink(`${path}.pipe`, path)
}

const things: readonly (readonly [string, (path: string) => unknown])[] =
  process.platform === 'win32'
    ? [['a folder', folder]]
    : [
        ['a folder', folder],
        ['a pipe', pipe],
        ['a link to a pipe', linkToPipe],
      ]

for (const [name, read] of readers) {
  for (const [what, make] of things) {
    test(`${what} in the place of ${name}`, { timeout: 10_000 }, async () => {
      const path = join(state, name)
      await make(path)
      const before = await lstat(path)
      await assert.rejects(read(state), { code: 'state-unreadable' })
      assert.equal((await lstat(path)).ino, before.ino)
    })
  }
}

test('a folder in the place of staging.key', async () => {
  await mkdir(join(state, 'staging.key'))
  await assert.rejects(stagingKey(state), { code: 'state-unreadable' })
})
