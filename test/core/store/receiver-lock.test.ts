// Invariant: one state has at most one receiver at a time, in one process or several, and a receiver that has ended in any way
// does not keep the lock. The lock leaves nothing that a later start could misread.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PenstockError } from '../../../main/contract/errors.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { lockReceiver } from '../../../main/core/store/receiver-lock.ts'
import type { ReceiveOptions } from '../../../main/core/api.ts'

const MODULE = fileURLToPath(new URL('../../../main/core/store/receiver-lock.ts', import.meta.url))

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-lock-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

/** Whether an error is a problem of this code. */
const is = (code: string) => (error: unknown) => error instanceof PenstockError && error.code === code

/** A process that runs these lines with `lockReceiver` and `dir` at hand, and what it prints first. */
async function other(t: TestContext, lines: string) {
  const script = `
    const { lockReceiver } = await import(${JSON.stringify(MODULE)})
    const dir = ${JSON.stringify(dir)}
    ${lines}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const [line]: unknown[] = await once(child.stdout, 'data')
  return { child, first: String(line).trim() }
}

test('of many that ask at once one gets it, and the next after its release', async () => {
  for (let round = 0; round < 3; round += 1) {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => lockReceiver(dir)))
    const got = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    assert.equal(got.length, 1)
    await assert.rejects(lockReceiver(dir), is('state-in-use'))
    got[0]?.release()
    got[0]?.release()
  }
  assert.deepEqual(await readdir(dir), process.platform === 'win32' ? ['owner'] : [])
})

test('a release that comes twice does not free the lock of the next', async () => {
  const first = await lockReceiver(dir)
  first.release()
  const second = await lockReceiver(dir)
  first.release()
  await assert.rejects(lockReceiver(dir), is('state-in-use'))
  second.release()
})

test('another process has it until that is killed, and not one that it has started', async (t) => {
  const lines = `
    const { spawn } = await import('node:child_process')
    globalThis.lock = await lockReceiver(dir)
    const heir = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
    console.log(heir.pid)
    setInterval(() => undefined, 1000)`
  const { child, first } = await other(t, lines)
  t.after(() => process.kill(Number(first), 'SIGKILL'))
  await assert.rejects(lockReceiver(dir), is('state-in-use'))
  child.kill('SIGKILL')
  await once(child, 'close')
  const lock = await lockReceiver(dir)
  lock.release()
})

test('a file of an earlier version that names a process that lives is no lock', async () => {
  await writeFile(join(dir, 'receiver.lock'), JSON.stringify({ pid: process.pid, startedAt: '' }))
  const lock = await lockReceiver(dir)
  lock.release()
})

test('a link to the state folder is the state folder', async () => {
  const real = join(dir, 'real')
  const lock = await lockReceiver(real)
  await symlink(real, join(dir, 'link'))
  await assert.rejects(lockReceiver(join(dir, 'link')), is('state-in-use'))
  lock.release()
})

test(
  'where the folder cannot be opened, that is the reason',
  { skip: process.getuid?.() === 0 },
  async () => {
    await chmod(dir, 0o000)
    await assert.rejects(lockReceiver(dir), is('no-permission'))
    await chmod(dir, 0o700)
  },
)

test('a receiver holds its state to its end, and the product to its own', async () => {
  const options: ReceiveOptions = {
    dir: join(dir, 'in'),
    host: 'loopback',
    only: null,
    port: 0,
    dataPort: 0,
    pin: null,
    clear: true,
    technique: 'auto',
    bufferBytes: 65_536,
    durability: 'os',
    check: true,
    onConflict: 'keep-both',
    visible: false,
    decide: () => Promise.resolve({ accept: true }),
  }
  const stateDir = join(dir, 'state')
  const first = await openPenstock({ stateDir, alias: 'first' })
  const second = await openPenstock({ stateDir, alias: 'second' })
  const receiving = await first.receive(options)
  await assert.rejects(second.receive(options), is('state-in-use'))
  await receiving.close()
  await second.receive(options)
  await assert.rejects(first.receive(options), is('state-in-use'))
  // Nothing but the product refers to that receiver any more.
  await second.close()
  const again = await first.receive(options)
  await again.close()
  // A start that fails leaves it free.
  await writeFile(join(dir, 'file'), '')
  await assert.rejects(first.receive({ ...options, dir: join(dir, 'file') }), is('target-unusable'))
  await (await first.receive(options)).close()
  await first.close()
})
