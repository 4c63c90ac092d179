// Invariant: an independent LocalSend (npm `localsend`) and Penstock send to each other, and every byte is equal.
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LOCALSEND = join(ROOT, 'node_modules/.bin/localsend')
const INSIDE = 'PENSTOCK_TEST_NAMESPACE'
const SETUP = 'ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo'

const lineSchema = z.looseObject({ event: z.string() })
type Line = z.infer<typeof lineSchema>

function canUnshare(): boolean {
  return (
    process.getuid?.() === 0 &&
    spawnSync('unshare', ['-n', 'sh', '-c', SETUP], { stdio: 'ignore' }).status === 0
  )
}

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-interop-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

function start(
  t: TestContext,
  command: string,
  args: readonly string[],
): ChildProcess & { readonly text: () => string } {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'exit')
    child.kill('SIGKILL')
    await closed
  })
  return Object.assign(child, { text: () => text })
}

/** Penstock's command line with `--json` over a state folder of its own; `seen` resolves with the first line of an event. */
async function penstock(t: TestContext, args: readonly string[]) {
  const state = await folder(t)
  const child = start(t, process.execPath, [
    '--import',
    'tsx',
    'main/cli/index.ts',
    ...args,
    '--json',
    '--state',
    state,
  ])
  const lines: Line[] = []
  const waiting = new Map<string, (line: Line) => void>()
  assert.ok(child.stdout !== null)
  createInterface(child.stdout).on('line', (text) => {
    const line = lineSchema.parse(JSON.parse(text))
    lines.push(line)
    waiting.get(line.event)?.(line)
  })
  const ended = once(child, 'close').then(() => child.exitCode)
  const seen = async (event: string): Promise<Line> => {
    const present = lines.find((line) => line.event === event)
    if (present !== undefined) return present
    const line = new Promise<Line>((resolve) => waiting.set(event, resolve))
    const found = await Promise.race([line, ended])
    if (typeof found !== 'object' || found === null) assert.fail(`ended before ${event}: ${child.text()}`)
    return found
  }
  return { child, seen, ended }
}

/** The content of the folder once it is complete: that program answers 200 before its last bytes are in the file. */
async function settled(dir: string, wanted: Record<string, string>): Promise<Record<string, string>> {
  for (let waited = 0; waited < 5000; waited += 100) {
    if (isDeepStrictEqual(await hashes(dir), wanted)) break
    await sleep(100)
  }
  return hashes(dir)
}

async function hashes(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hash = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  const pairs = await Promise.all(files.map(async (path) => [relative(dir, path), await hash(path)] as const))
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function source(t: TestContext): Promise<string> {
  const dir = await folder(t)
  await mkdir(join(dir, 'photos/deep'), { recursive: true })
  await writeFile(join(dir, 'photos/one.bin'), randomBytes(3_000_000))
  await writeFile(join(dir, 'photos/deep/照片 😀.bin'), randomBytes(70_001))
  await writeFile(join(dir, 'photos/deep/empty'), '')
  await writeFile(join(dir, 'letter.txt'), 'Dear all,\n')
  await writeFile(join(dir, 'big.bin'), randomBytes(45_000_000))
  return dir
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await fetch(`http://127.0.0.1:${port}/api/localsend/v2/info`)
      return
    } catch (error) {
      if (tries > 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Sends one file, which must be under 50 MB: it splits larger ones and fails at that. */
async function sendByLocalSend(t: TestContext, path: string, port: unknown): Promise<void> {
  for (let tries = 1; ; tries++) {
    const args = ['send', '127.0.0.1', path, '--port', String(port), '--protocol', 'https']
    const sender = start(t, LOCALSEND, args)
    await once(sender, 'close')
    // Its progress bar divides by zero when it is drawn twice in one millisecond.
    const stumbled = sender.text().includes('Expected a finite number')
    if (stumbled && tries < 5) continue
    assert.equal(sender.exitCode, 0, sender.text())
    return
  }
}

function sendsToPenstock(): void {
  test('localsend sends files to Penstock', { timeout: 90_000 }, async (t) => {
    const from = await source(t)
    const dir = await folder(t)
    const receiver = await penstock(t, ['receive', '--dir', dir, '--port', '0', '--accept', 'all'])
    const { port } = await receiver.seen('listening')
    for (const file of ['letter.txt', 'big.bin', 'photos/one.bin'])
      await sendByLocalSend(t, join(from, file), port)
    const sent = await hashes(from)
    assert.deepEqual(await hashes(dir), {
      'big.bin': sent['big.bin'],
      'letter.txt': sent['letter.txt'],
      'one.bin': sent['photos/one.bin'],
    })
    const report = await receiver.seen('report')
    assert.equal(z.object({ kind: z.string() }).parse(report['peer']).kind, 'localsend')
  })
}

/** Starts localsend on a free port, so that it accepts everything into a folder of its own. */
async function receiving(t: TestContext): Promise<{ readonly dir: string; readonly port: number }> {
  const dir = await folder(t)
  const port = await freePort()
  const args = [
    'receive',
    '--port',
    String(port),
    '--saveDir',
    dir,
    '--autoAccept',
    '--alias',
    'Other program',
  ]
  start(t, LOCALSEND, args)
  await answers(port)
  return { dir, port }
}

function receivesFromPenstock(): void {
  test('Penstock sends files and a folder to localsend', { timeout: 90_000 }, async (t) => {
    const from = await source(t)
    const { dir, port } = await receiving(t)
    const paths = ['photos', 'letter.txt', 'big.bin'].map((name) => join(from, name))
    const sender = await penstock(t, ['send', ...paths, '--to', `127.0.0.1:${port}`, '--clear'])
    const report = await sender.seen('report')
    assert.equal(await sender.ended, 0, sender.child.text())
    assert.deepEqual(await settled(dir, await hashes(from)), await hashes(from))
    assert.deepEqual([report['cipher'], report['carrier']], ['none', 'body'])
    assert.deepEqual([report['entries'], report['files']], [7, 5])
    assert.equal(z.object({ kind: z.string() }).parse(report['peer']).kind, 'localsend')
  })

  test('Penstock finds localsend by its alias', { timeout: 60_000 }, async (t) => {
    const from = await source(t)
    const { dir } = await receiving(t)
    const sender = await penstock(t, ['send', join(from, 'letter.txt'), '--to', 'other program', '--clear'])
    assert.equal(await sender.ended, 0, sender.child.text())
    assert.deepEqual(Object.keys(await hashes(dir)), ['letter.txt'])
  })
}

if (process.env[INSIDE] === '1') {
  sendsToPenstock()
  receivesFromPenstock()
} else if (canUnshare()) {
  // Its receiver asks every address of the network it is on, so it runs in a network of its own.
  test('in a network namespace', { timeout: 300_000 }, async () => {
    const script = `${SETUP} && exec "$0" --import tsx --test "$1"`
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const child = spawn(
      'unshare',
      ['-n', 'sh', '-c', script, process.execPath, fileURLToPath(import.meta.url)],
      {
        cwd: ROOT,
        env: { ...env, [INSIDE]: '1' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const [exitCode]: unknown[] = await once(child, 'close')
    assert.equal(exitCode, 0, text)
  })
} else {
  process.stdout.write('NOT RUN: needs root for a network namespace\n')
  test('in a network namespace', { skip: 'needs root for a network namespace' })
}
