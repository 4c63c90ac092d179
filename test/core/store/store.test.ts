// Invariant: settings and history survive crashes, old versions and broken files and keep what the user wrote.
import assert from 'node:assert/strict'
import { appendFile, chmod, lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { ALIAS_MAX } from '../../../main/contract/alias.ts'
import { PenstockError } from '../../../main/contract/errors.ts'
import type { HistoryEntry } from '../../../main/contract/history.ts'
import { History, HISTORY_LIMITS } from '../../../main/core/store/history.ts'
import { DEFAULT_SETTINGS, parseSettings, SettingsStore } from '../../../main/core/store/settings.ts'
import { defaultStateFolder, makeStateFolder } from '../../../main/core/store/state-folder.ts'

let dir = ''

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-store-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

describe('settings', () => {
  it('are defaults at first, and are read again as written', async () => {
    const store = await SettingsStore.open(dir)
    assert.deepEqual(store.current, DEFAULT_SETTINGS)
    const recent = [{ fingerprint: 'ab'.repeat(32), alias: '手机', at: '2026-01-01T00:00:00Z' }]
    await Promise.all([
      store.update({ alias: 'desk' }),
      store.update({ theme: 'dark' }),
      store.update(() => ({ recent })),
    ])
    const again = await SettingsStore.open(dir)
    assert.deepEqual(again.current, { ...DEFAULT_SETTINGS, alias: 'desk', theme: 'dark', recent })
    assert.deepEqual(await readdir(dir), ['settings.json'])
    assert.equal((await lstat(join(dir, 'settings.json'))).mode & 0o777, 0o600)
  })

  it('refuse values out of range and stay as they were', async () => {
    const store = await SettingsStore.open(dir)
    await assert.rejects(
      store.update({ bufferBytes: 1 }),
      (error) => error instanceof PenstockError && error.code === 'usage',
    )
    assert.deepEqual(store.current, DEFAULT_SETTINGS)
  })

  it('keep what another process has written meanwhile', async () => {
    const [window, command] = [await SettingsStore.open(dir), await SettingsStore.open(dir)]
    const recent = [{ fingerprint: 'cd'.repeat(32), alias: 'c', at: '2026-01-01T00:00:00Z' }]
    await window.update({ folder: '/in' })
    await command.update({ recent })
    await window.update({ folder: null })
    await command.update({ theme: 'dark' })
    const { current } = await SettingsStore.open(dir)
    assert.deepEqual(current, { ...DEFAULT_SETTINGS, recent, theme: 'dark' })
  })

  it('stay as they were where they cannot be written', async () => {
    const store = await SettingsStore.open(dir)
    await store.update({ alias: 'desk' })
    await rm(dir, { recursive: true })
    await writeFile(dir, '')
    await assert.rejects(store.update({ alias: 'other' }), PenstockError)
    assert.equal(store.current.alias, 'desk')
  })

  it('keep a broken file aside and report it', async () => {
    for (const text of ['{"version":1,"al', '{"version":1,"theme":"pink"}', '[]', '{"version":99}', '']) {
      await writeFile(join(dir, 'settings.json'), text)
      const store = await SettingsStore.open(dir)
      assert.deepEqual(store.current, DEFAULT_SETTINGS)
      assert.match(store.keptAside ?? '', /settings\.json\.broken-/)
      assert.equal(await readFile(store.keptAside ?? '', 'utf8'), text)
    }
  })

  it('have a name that others can be shown, or none', () => {
    for (const [written, read] of [
      ['   ', null],
      ['', null],
      [' desk ', 'desk'],
      ['x'.repeat(300), 'x'.repeat(ALIAS_MAX)],
      ['😀'.repeat(300), '😀'.repeat(ALIAS_MAX)],
    ] as const)
      assert.equal(parseSettings(JSON.stringify({ version: 1, alias: written })).alias, read)
  })

  it('bring older files up to date and fill in what is new', () => {
    assert.deepEqual(parseSettings('{"alias":"old"}'), { ...DEFAULT_SETTINGS, alias: 'old' })
  })
})

const entry = (title: string): HistoryEntry => ({
  at: '2026-01-01T00:00:00.000Z',
  transferId: 'ab',
  role: 'sender',
  peer: { alias: 'peer', fingerprint: 'ff', kind: 'penstock' },
  title,
  entries: 1,
  bytes: 2,
  seconds: 0.5,
  outcome: 'failed',
  problem: { code: 'disk-full', params: { path: '/x', needed: 3 } },
  folder: null,
  paths: ['/a/文件'],
})

describe('history', () => {
  it('lists the newest first, in the order of the calls', async () => {
    const history = await History.open(dir)
    await Promise.all(['a', 'b', 'c'].map((title) => history.add(entry(title))))
    assert.deepEqual(
      (await history.list(2)).map(({ title }) => title),
      ['c', 'b'],
    )
    assert.deepEqual((await (await History.open(dir)).list(10))[0], entry('c'))
  })

  it('survives a torn last line', async () => {
    const history = await History.open(dir)
    await history.add(entry('a'))
    await appendFile(join(dir, 'history.jsonl'), '{"at":"2026-')
    const again = await History.open(dir)
    await again.add(entry('b'))
    assert.deepEqual(
      (await again.list(10)).map(({ title }) => title),
      ['b', 'a'],
    )
  })

  it('does not grow without end', async () => {
    const line = `${JSON.stringify(entry('old'))}\n`
    await writeFile(join(dir, 'history.jsonl'), line.repeat(HISTORY_LIMITS.lines))
    const history = await History.open(dir)
    await history.add(entry('new'))
    const listed = await history.list(Infinity)
    assert.equal(listed.length, HISTORY_LIMITS.kept)
    assert.equal(listed[0]?.title, 'new')
  })
})

describe('the state folder', () => {
  it('is the platform’s own', () => {
    const linux = { platform: 'linux', home: () => '/home/u' } as const
    assert.equal(defaultStateFolder({ ...linux, env: {} }), '/home/u/.local/state/penstock')
    assert.equal(defaultStateFolder({ ...linux, env: { XDG_STATE_HOME: '/s' } }), '/s/penstock')
    assert.equal(
      defaultStateFolder({ ...linux, env: { XDG_STATE_HOME: 'relative' } }),
      '/home/u/.local/state/penstock',
    )
    assert.equal(defaultStateFolder({ ...linux, env: { PENSTOCK_STATE: '/p' } }), '/p')
    assert.equal(
      defaultStateFolder({ platform: 'darwin', home: () => '/Users/u', env: {} }),
      '/Users/u/Library/Application Support/Penstock',
    )
  })

  it('is never below the current folder, whatever the home folder is', () => {
    const gone = (): string => {
      throw new Error('uv_os_homedir returned ENOENT')
    }
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      for (const home of [() => '', () => 'relative', () => '.', () => './x', gone]) {
        for (const env of [{}, { XDG_STATE_HOME: '' }, { XDG_STATE_HOME: 'x', LOCALAPPDATA: 'x' }]) {
          assert.throws(
            () => defaultStateFolder({ platform, env, home }),
            (error) => error instanceof PenstockError && error.params['why'] === 'no-home',
          )
        }
        const env = { XDG_STATE_HOME: '/s' }
        if (platform === 'linux') assert.equal(defaultStateFolder({ platform, env, home }), '/s/penstock')
        assert.equal(defaultStateFolder({ platform, env: { PENSTOCK_STATE: '/p' }, home }), '/p')
      }
    }
    assert.equal(
      defaultStateFolder({ platform: 'linux', env: {}, home: () => '/' }),
      '/.local/state/penstock',
    )
  })

  it('is private when it is made, and left as it is when it was there', async () => {
    await makeStateFolder(join(dir, 'a', 'b'))
    assert.equal((await lstat(join(dir, 'a', 'b'))).mode & 0o777, 0o700)
    await chmod(dir, 0o755)
    await makeStateFolder(dir)
    assert.equal((await lstat(dir)).mode & 0o777, 0o755)
  })
})
