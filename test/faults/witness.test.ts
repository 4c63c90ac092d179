// Invariant: an encrypted transfer shows no content on the network, and memory use stays constant.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { z } from 'zod'
import { penstock, receiver, type Running, sendTo } from '../support/processes/cli.ts'
import { patterned } from '../support/files/tree.ts'

let root = ''

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-witness-'))
})

after(async () => {
  spawnSync('chmod', ['-R', 'u+w', root])
  await rm(root, { recursive: true, force: true })
})

const reportSchema = z.looseObject({
  event: z.literal('report'),
  peakRssBytes: z.number(),
  transport: z.string().nullable(),
})

function reportOf(running: Running) {
  return reportSchema.parse(running.lines.at(-1))
}

async function transfer(name: string, source: string, args: readonly string[]) {
  const dir = await mkdtemp(join(root, `${name}-`))
  const receiving = await receiver(dir, join(root, `state-${name}-r`), ['--once', '--clear'])
  const sending = penstock([...sendTo(receiving.port, source, join(root, `state-${name}-s`)), ...args])
  assert.equal(await sending.exit, 0)
  assert.equal(await receiving.exit, 0)
  return { dir, sent: reportOf(sending), received: reportOf(receiving) }
}

/** Another address of this machine than the one that a receiver with --loopback listens on. */
const BETWEEN = '127.0.0.2'

/** Stands between a receiver and its sender on all of these ports, and records what passes. */
async function relayTo(ports: readonly number[]): Promise<{ passed(): Buffer; close(): void }> {
  const seen: Buffer[] = []
  const open = new Set<Socket>()
  const servers = ports.map((port) =>
    createServer((from) => {
      const to = connect(port, '127.0.0.1')
      const ways = [
        [from, to],
        [to, from],
      ] as const
      for (const [one, other] of ways) {
        open.add(one)
        one.on('data', (chunk) => seen.push(chunk))
        one.on('error', () => other.destroy())
        one.pipe(other)
      }
    }).listen(port, BETWEEN),
  )
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const close = (): void => {
    for (const server of servers) server.close()
    for (const socket of open) socket.destroy()
  }
  return { passed: () => Buffer.concat(seen), close }
}

test('encrypted, what passes both ports shows neither content nor names', { timeout: 60_000 }, async () => {
  const marker = Buffer.from('content that nobody else may read. ')
  const content = Buffer.concat(Array.from({ length: 3000 }, () => marker))
  const file = join(root, 'marked.txt')
  await writeFile(file, content)
  const dir = await mkdtemp(join(root, 'seen-'))
  const receiving = await receiver(dir, join(root, 'state-seen-r'), ['--once', '--loopback'])
  const { port, dataPort } = receiving
  assert.ok(dataPort !== null)
  const relay = await relayTo([port, dataPort])
  const to = `${BETWEEN}:${port}`
  const sending = penstock(['send', file, '--to', to, '--state', join(root, 'state-seen-s')])
  assert.equal(await sending.exit, 0)
  assert.equal(await receiving.exit, 0)
  relay.close()
  assert.deepEqual([reportOf(sending).transport, reportOf(receiving).transport], ['sealed', 'sealed'])
  const received = relay.passed()
  assert.deepEqual(await readFile(join(dir, 'marked.txt')), content)
  assert.ok(received.length > content.length, 'the content did not pass here')
  assert.equal(received.includes(marker.subarray(0, 12)), false)
  assert.equal(received.includes('marked.txt'), false)
})

const MEMORY_LIMIT = 200 * 1024 * 1024
/** Memory of a command line at its start, measured with the smallest transfer. */
let idle: { sent: number; received: number } | null = null

/** Resolves with the folder that it arrived in. */
async function assertFlat(name: string, source: string, t: TestContext): Promise<string> {
  if (idle === null) {
    const small = join(root, 'small')
    await writeFile(small, 'x')
    const { sent, received } = await transfer('idle', small, ['--clear'])
    idle = { sent: sent.peakRssBytes, received: received.peakRssBytes }
  }
  const { sent, received, dir } = await transfer(name, source, ['--clear'])
  for (const [end, { peakRssBytes }] of Object.entries({ sent, received })) {
    t.diagnostic(`${end}: ${peakRssBytes} bytes at most; idle: ${JSON.stringify(idle)}`)
  }
  assert.ok(
    sent.peakRssBytes - idle.sent < MEMORY_LIMIT,
    `sender: ${sent.peakRssBytes - idle.sent} bytes over idle`,
  )
  assert.ok(
    received.peakRssBytes - idle.received < MEMORY_LIMIT,
    `receiver: ${received.peakRssBytes - idle.received} bytes over idle`,
  )
  return dir
}

test('a sparse file of 20 GiB', { timeout: 120_000 }, async (t) => {
  const file = join(root, 'sparse')
  await writeFile(file, patterned(1024 * 1024))
  await truncate(file, 20 * 1024 ** 3)
  await assertFlat('sparse', file, t)
})

test('100 000 files of 1 to 16 KiB', { timeout: 300_000 }, async (t) => {
  const folder = join(root, 'many')
  const content = patterned(16 * 1024)
  for (let index = 0; index < 100_000; index++) {
    const below = join(folder, String(Math.floor(index / 500)))
    if (index % 500 === 0) mkdirSync(below, { recursive: true })
    const size = 1024 + ((index * 7919) % (15 * 1024 + 1))
    writeFileSync(join(below, `${index}.bin`), content.subarray(0, size))
  }
  const dir = await assertFlat('many', folder, t)
  const received = readdirSync(join(dir, 'many'), { recursive: true })
  assert.equal(received.length, 100_000 + 200)
})
