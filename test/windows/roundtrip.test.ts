// Invariant: Penstock on Windows' Node and Penstock on Linux send to each other with equal bytes, unencrypted with every
// Windows technique and encrypted on sealed streams; the end of a peer is reported soon.
import assert from 'node:assert/strict'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { z } from 'zod'
import { penstock, receiver, type Running } from '../support/processes/cli.ts'
import { describeTree, patterned } from '../support/files/tree.ts'
import { folder, windowsPath, windowsPenstock } from './wine.ts'

const listening = z.looseObject({ port: z.number() })
const reportSchema = z.looseObject({
  technique: z.string(),
  cipher: z.string(),
  carrier: z.string(),
  transport: z.string().nullable(),
  contextSwitches: z.null(),
  pageFaults: z.null(),
  fellBackFrom: z.array(z.looseObject({ technique: z.string() })),
})

const failedSchema = z.looseObject({
  event: z.literal('failed'),
  message: z.string(),
  problem: z.looseObject({ code: z.string() }),
})

const conveyanceSchema = z.looseObject({
  technique: z.string(),
  cipher: z.string(),
  transport: z.string().nullable(),
})

function conveyanceOf({ lines }: Pick<Running, 'lines'>) {
  return conveyanceSchema.parse(lines.at(-1))
}

/** Names and sizes that both systems can hold: no link, no mode. */
async function makeTree(root: string): Promise<void> {
  await mkdir(join(root, '照片 2026/空文件夹'), { recursive: true })
  await mkdir(join(root, 'deep/a/b/c/d'), { recursive: true })
  await writeFile(join(root, 'empty'), '')
  await writeFile(join(root, 'one byte'), 'x')
  await writeFile(join(root, '照片 2026/图 1 😀.bin'), patterned(70_001))
  await writeFile(join(root, 'large'), patterned(20 * 1024 * 1024 + 1))
  for (let index = 0; index < 50; index++) {
    await writeFile(join(root, `deep/small ${String(index)}.txt`), patterned(index * 37, index + 1))
  }
}

/** As {@link describeTree}, without what Windows lacks: modes, and times finer than 100 ns. */
async function described(root: string): Promise<string[]> {
  const lines = await describeTree(root)
  return lines.map((line) => line.replace(/ [0-7]+ (\d+)\d\d(?= |$)/u, (_whole, time: string) => ` ${time}`))
}

async function trees(t: TestContext) {
  const top = await folder(t)
  const [source, target, state] = [join(top, 'tree'), join(top, 'target'), join(top, 'state')]
  await makeTree(source)
  return { source, target, state }
}

async function assertEqualTrees(source: string, target: string): Promise<void> {
  assert.deepEqual(await described(join(target, 'tree')), await described(source))
}

async function fromWindows(t: TestContext, ways: { clear: boolean; technique: string }) {
  const { source, target, state } = await trees(t)
  const permitted = ways.clear ? ['--clear'] : []
  const linux = await receiver(target, state, ['--once', ...permitted])
  t.after(() => linux.child.kill('SIGKILL'))
  const to = ['--to', `127.0.0.1:${String(linux.port)}`, '--technique', ways.technique, ...permitted]
  const windows = await windowsPenstock(t, ['send', windowsPath(source), ...to])
  const sent = await windows.ended
  assert.equal(sent.code, 0, JSON.stringify(sent))
  assert.equal(await linux.exit, 0)
  await assertEqualTrees(source, target)
  return { windows: reportSchema.parse(sent.lines.at(-1)), linux: conveyanceOf(linux) }
}

async function toWindows(t: TestContext, ways: { clear: boolean; technique: string; durability: string }) {
  const { source, target, state } = await trees(t)
  const permitted = ways.clear ? ['--clear'] : []
  const fixed = ['--dir', windowsPath(target), '--port', '0', '--accept', 'all', '--hidden', '--once']
  const choice = ['--technique', ways.technique, '--durability', ways.durability]
  const windows = await windowsPenstock(t, ['receive', ...fixed, ...choice, ...permitted])
  const { port } = listening.parse(await windows.seen('listening'))
  const sending = penstock([
    'send',
    source,
    '--to',
    `127.0.0.1:${String(port)}`,
    '--state',
    state,
    ...permitted,
  ])
  t.after(() => sending.child.kill('SIGKILL'))
  assert.equal(await sending.exit, 0, JSON.stringify(sending.lines))
  const received = await windows.ended
  assert.equal(received.code, 0, JSON.stringify(received))
  await assertEqualTrees(source, target)
  return { windows: reportSchema.parse(received.lines.at(-1)), linux: conveyanceOf(sending) }
}

function assertBy(report: z.infer<typeof reportSchema>, technique: string): void {
  assert.deepEqual(
    [report.technique, report.cipher, report.carrier, report.fellBackFrom],
    [technique, 'none', 'engine', []],
  )
}

for (const technique of ['transmitfile', 'mmap', 'direct', 'readwrite']) {
  test(`Windows sends in clear by ${technique}`, async (t) => {
    assertBy((await fromWindows(t, { clear: true, technique })).windows, technique)
  })
}

type Ends = Awaited<ReturnType<typeof toWindows>>

/** The records of one system's library open in the other's. */
function assertSealed({ windows, linux }: Ends, onWindows: string, onLinux: string): void {
  const { carrier, fellBackFrom } = windows
  assert.deepEqual([carrier, fellBackFrom], ['engine', []])
  const facts = [windows, linux].map(({ technique, cipher, transport }) => [technique, cipher, transport])
  assert.deepEqual(facts, [
    [onWindows, 'sealed', 'sealed'],
    [onLinux, 'sealed', 'sealed'],
  ])
}

test('Windows sends encrypted', async (t) => {
  assertSealed(await fromWindows(t, { clear: false, technique: 'auto' }), 'seal', 'unseal')
})

for (const [technique, durability] of [
  ['readwrite', 'commit'],
  ['mmap', 'everysec'],
  ['direct', 'through'],
] as const) {
  test(`Windows receives in clear by ${technique}, ${durability}`, async (t) => {
    assertBy((await toWindows(t, { clear: true, technique, durability })).windows, technique)
  })
}

test('Windows receives encrypted', async (t) => {
  const ends = await toWindows(t, { clear: false, technique: 'auto', durability: 'through' })
  assertSealed(ends, 'unseal', 'seal')
})

/** From the receiver's death to the sender's end, in milliseconds: a second for TransmitFile, two for the farewell. */
const SOON_MS = 15_000

test('Windows reports soon that the receiver has gone when it is killed in the middle of a TransmitFile', async (t) => {
  const { source, target, state } = await trees(t)
  await truncate(join(source, 'large'), 4 * 1024 ** 3)
  const linux = await receiver(target, state, ['--clear', '--durability', 'os'])
  t.after(() => linux.child.kill('SIGKILL'))
  const to = ['--to', `127.0.0.1:${String(linux.port)}`, '--technique', 'transmitfile']
  const windows = await windowsPenstock(t, ['send', windowsPath(source), ...to, '--clear', '--check', 'off'])
  await linux.seen('progress')
  linux.child.kill('SIGKILL')
  const begun = performance.now()
  const sent = await windows.ended
  assert.equal(sent.code, 1, JSON.stringify(sent))
  const failed = failedSchema.parse(sent.lines.at(-1))
  assert.equal(failed.problem.code, 'peer-gone')
  assert.match(failed.message, /\S/u)
  assert.ok(performance.now() - begun < SOON_MS, `${String(performance.now() - begun)} ms`)
})
