// Invariant: a staging folder of this state is removed as soon as its process has ended, and never while that process lives.
// Nothing else is ever removed, for any name, age and content, even if it replaces a staging folder in between.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { addon } from '../../../native/index.ts'
import { PenstockError } from '../../../main/contract/errors.ts'
import { Staging } from '../../../main/core/target/staging.ts'
import { StagingArea } from '../../../main/core/target/staging-area.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { receiveOptions } from '../../support/penstock/options.ts'
import { describeTree } from '../../support/files/tree.ts'

const MODULE = fileURLToPath(new URL('../../../main/core/target/staging-area.ts', import.meta.url))
const KEY = Buffer.alloc(32, 7)
const area = new StagingArea(KEY)

const children: ChildProcess[] = []
let root = ''
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-staging-'))
})
after(async () => {
  // A test that failed has not killed its process.
  for (const child of children) child.kill('SIGKILL')
  await rm(root, { recursive: true, force: true })
})

/** A process with a staging folder in `dir` under the key of this test. */
async function owner(dir: string) {
  const script = `
    const { StagingArea } = await import(${JSON.stringify(MODULE)})
    const staging = await new StagingArea(Buffer.alloc(32, 7)).create(${JSON.stringify(dir)})
    console.log(staging.path)
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [line]: unknown[] = await once(child.stdout, 'data')
  const path = String(line).trim()
  await writeFile(join(path, '0'), 'half a file')
  await mkdir(join(path, 'tree', 'album'), { mode: 0o500 })
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  return { path, name: basename(path), kill }
}

/** The staging folder of a process that has ended. */
async function orphan(dir: string) {
  const { path, name, kill } = await owner(dir)
  await kill()
  return { path, name }
}

test('the folder of a killed process is swept at once, that of a living one is not', async () => {
  const dir = join(root, 'processes')
  const { name, kill } = await owner(dir)
  assert.deepEqual(await area.sweep(dir), [])
  await kill()
  assert.deepEqual(await area.sweep(dir), [name])
  assert.deepEqual(await readdir(dir), [])
})

test('a transfer of this process keeps its folder', async () => {
  const dir = join(root, 'own')
  const staging = await area.create(dir)
  assert.equal((await lstat(staging.path)).mode & 0o777, 0o700)
  assert.deepEqual(await area.sweep(dir), [])
  assert.deepEqual(await readdir(dir), [basename(staging.path)])
  await staging.discard()
  await staging.discard()
  assert.deepEqual(await readdir(dir), [])
  assert.deepEqual(await area.sweep(join(root, 'nowhere')), [])
})

/** Entries other than staging folders of this state whose process has ended; each function makes its own in `dir`. */
const KEPT: Record<string, (dir: string) => Promise<void>> = {
  'an empty folder': async (dir) => {
    await mkdir(join(dir, '.penstock-notes'), { mode: 0o700 })
  },
  'a folder with files': async (dir) => {
    await mkdir(join(dir, '.penstock-notes', 'tree'), { recursive: true, mode: 0o700 })
    await writeFile(join(dir, '.penstock-notes', 'tree', 'thesis.txt'), 'years of work')
  },
  'a name as long as ours': async (dir) => {
    await mkdir(join(dir, `.penstock-${'ab'.repeat(16)}`), { mode: 0o700 })
  },
  'a file': (dir) => writeFile(join(dir, '.penstock-file'), 'mine'),
  'a marker of 32 wrong bytes': async (dir) => {
    await mkdir(join(dir, '.penstock-a'), { mode: 0o700 })
    await writeFile(join(dir, '.penstock-a', 'marker'), Buffer.alloc(32, 1))
  },
  'an empty marker, a long one, one that is a folder or a pipe': async (dir) => {
    for (const name of ['a', 'b', 'c', 'd']) await mkdir(join(dir, `.penstock-${name}`), { mode: 0o700 })
    await writeFile(join(dir, '.penstock-a', 'marker'), '')
    await writeFile(join(dir, '.penstock-b', 'marker'), Buffer.alloc(1024 * 1024))
    await mkdir(join(dir, '.penstock-c', 'marker'))
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(dir, '.penstock-d', 'marker')])
  },
  'a copy of a staging folder': async (dir) => {
    const { path } = await orphan(dir)
    await cp(path, `${path}-copy`, { recursive: true, preserveTimestamps: true })
    await rm(path, { recursive: true })
    await rename(`${path}-copy`, path)
  },
  'a staging folder under another name': async (dir) => {
    const { path } = await orphan(dir)
    await rename(path, join(dir, '.penstock-saved'))
  },
  'a staging folder that was opened to others': async (dir) => {
    const { path } = await orphan(dir)
    await chmod(path, 0o755)
  },
  'a marker that is a link to a good one': async (dir) => {
    const { path } = await orphan(dir)
    const marker = join(path, 'marker')
    await rename(marker, join(dir, 'good'))
    await symlink(join(dir, 'good'), marker)
  },
  'a link to a staging folder': async (dir) => {
    const elsewhere = `${dir}-elsewhere`
    const { path, name } = await orphan(elsewhere)
    await symlink(path, join(dir, name))
  },
  'a folder of another state': async (dir) => {
    const other = await new StagingArea(Buffer.alloc(32, 8)).create(dir)
    other.folder.close()
  },
}

for (const [what, make] of Object.entries(KEPT)) {
  test(`stays: ${what}`, async () => {
    const dir = await mkdtemp(join(root, 'kept-'))
    await make(dir)
    const old = new Date('2001-01-01')
    for (const name of await readdir(dir)) await utimes(join(dir, name), old, old)
    const list = () => readdir(dir, { recursive: true })
    const entries = (await list()).sort()
    assert.deepEqual(await area.sweep(dir), [])
    assert.deepEqual((await list()).sort(), entries)
  })
}

test('a receiver and a copy leave the folders of the user and the state folder where they are', async () => {
  const dir = join(root, 'downloads')
  const stateDir = join(dir, '.penstock-state')
  await mkdir(join(dir, '.penstock-notes'), { recursive: true, mode: 0o700 })
  await writeFile(join(dir, '.penstock-notes', 'kept'), 'kept')
  await writeFile(join(root, 'a.txt'), 'a')
  const penstock = await openPenstock({ stateDir, alias: 'staging' })
  const before = await describeTree(dir)
  const receiving = await penstock.receive(
    receiveOptions(dir, {
      decide: () => Promise.resolve({ accept: false, problem: { code: 'refused' } }),
    }),
  )
  await receiving.close()
  const copy = penstock.copy({
    paths: [join(root, 'a.txt')],
    dir,
    technique: 'auto',
    durability: 'os',
    onConflict: 'keep-both',
  })
  assert.equal((await copy.ended).kind, 'done')
  await penstock.close()
  const kept = (lines: string[]) => lines.filter((line) => /staging\.key|identity|notes/u.test(line))
  assert.deepEqual(kept(await describeTree(dir)), kept(before))
  assert.equal(await readFile(join(dir, 'a.txt'), 'utf8'), 'a')
})

test('a name that is taken is left alone, and another one used', async () => {
  const dir = join(root, 'taken')
  const elsewhere = join(root, 'taken-elsewhere')
  await mkdir(join(dir, '.penstock-0'), { recursive: true })
  await mkdir(elsewhere)
  await writeFile(join(dir, '.penstock-0', 'kept'), '')
  await symlink(elsewhere, join(dir, '.penstock-1'))
  await symlink(join(root, 'nowhere'), join(dir, '.penstock-2'))
  await writeFile(join(dir, '.penstock-3'), '')
  const before = await readdir(dir, { recursive: true })
  let count = 0
  const staging = await Staging.create(dir, {
    next: () => `.penstock-${String(count++)}`,
    markerOf: () => Buffer.alloc(32),
  })
  assert.equal(basename(staging.path), '.penstock-4')
  await staging.discard()
  assert.deepEqual(await readdir(dir, { recursive: true }), before)
  assert.deepEqual(await readdir(elsewhere), [])
  const always = { next: () => '.penstock-0', markerOf: () => Buffer.alloc(32) }
  await assert.rejects(Staging.create(dir, always), PenstockError)
  assert.deepEqual(await readdir(dir, { recursive: true }), before)
})

test('the target is a file', async () => {
  await writeFile(join(root, 'file'), '')
  const file = join(root, 'file')
  for (const path of [file, join(file, 'below'), join(file, 'below', 'deep')]) {
    await assert.rejects(
      area.create(path),
      (error) =>
        error instanceof PenstockError && error.code === 'target-unusable' && error.params['file'] === file,
      path,
    )
  }
})

test('what takes the name after the check is not removed, nor what is in it', async () => {
  const dir = join(root, 'swapped')
  const { path, name } = await orphan(dir)
  const target = addon.openFolder(dir)
  const folder = addon.openFolderIn(target, name)
  await rename(path, join(dir, 'aside'))
  await mkdir(path)
  await writeFile(join(path, 'precious'), 'mine')
  await addon.removeStaging(target, name, folder)
  assert.deepEqual(await readdir(path), ['precious'])
  assert.deepEqual(await readdir(join(dir, 'aside')), [])
  folder.close()
  target.close()
})

test('a discard of a folder that was replaced removes nothing of the replacement', async () => {
  const dir = join(root, 'replaced')
  const staging = await area.create(dir)
  await rename(staging.path, join(dir, 'aside'))
  await mkdir(staging.path)
  await writeFile(join(staging.path, 'precious'), 'mine')
  await staging.discard()
  assert.deepEqual(await readdir(staging.path), ['precious'])
})
