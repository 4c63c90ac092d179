// Invariant: a staging folder is swept when the process that made it is gone, and never while one lives, in this process
// or another; what only looks like one stays.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Staging } from '../../../main/core/files/staging.ts'
import { sweepStaging } from '../../../main/core/files/sweep.ts'

const MODULE = fileURLToPath(new URL('../../../main/core/files/staging.ts', import.meta.url))

let root = ''
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-sweep-'))
})
after(() => rm(root, { recursive: true, force: true }))

test(
  'the folder of a killed process is swept, that of a living one is not',
  { timeout: 60_000 },
  async () => {
    const dir = join(root, 'processes')
    const script = `
    const { Staging } = await import(${JSON.stringify(MODULE)})
    const staging = await Staging.create(${JSON.stringify(dir)}, 'other')
    console.log(staging.path)
    setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await writeFile(join(dir, '.penstock-other', '0'), 'half a file')
    assert.deepEqual(await sweepStaging(dir, 0), [])
    child.kill('SIGKILL')
    await once(child, 'close')
    assert.deepEqual(await sweepStaging(dir), [])
    assert.deepEqual(await sweepStaging(dir, 0), ['.penstock-other'])
    assert.deepEqual(await readdir(dir), [])
  },
)

test('a transfer of this process keeps its folder, and what only has such a name stays', async () => {
  const dir = join(root, 'own')
  const staging = await Staging.create(dir, 'mine')
  const elsewhere = join(root, 'elsewhere')
  await mkdir(elsewhere)
  await writeFile(join(elsewhere, 'kept'), 'x')
  await symlink(elsewhere, join(dir, '.penstock-link'))
  await writeFile(join(dir, '.penstock-note'), 'mine')
  assert.deepEqual(await sweepStaging(dir, 0), [])
  assert.deepEqual((await readdir(dir)).sort(), ['.penstock-link', '.penstock-mine', '.penstock-note'])
  assert.deepEqual(await readdir(elsewhere), ['kept'])
  await staging.discard()
  assert.deepEqual(await sweepStaging(join(root, 'nowhere'), 0), [])
})
