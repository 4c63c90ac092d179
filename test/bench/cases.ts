import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { z } from 'zod'
import { filePeers, folderPeers, limit, PenstockContestant } from './contestants.ts'
import { encryptedPeers, scp } from './encrypted.ts'
import { ADDRESS, on, shaped } from './network.ts'
import { Receiver } from './penstock.ts'
import { keep, listening, timed, type Tools } from './programs.ts'
import { alternate, median, type Row } from './rounds.ts'
import { makeFile, makeFiles, makeSparse } from './sources.ts'

/** How large everything is. */
export interface Sizes {
  readonly rounds: number
  readonly file: number
  readonly smallFiles: number
  readonly techniqueFile: number
  readonly sparse: number
  readonly manyFiles: number
  readonly shapedFile: number
  readonly shapedSeconds: number
}

const MIB = 1024 * 1024
const GIB = 1024 * MIB
export const FULL: Sizes = {
  rounds: 7,
  file: 2 * GIB,
  smallFiles: 10_000,
  techniqueFile: 512 * MIB,
  sparse: 20 * GIB,
  manyFiles: 100_000,
  shapedFile: 512 * MIB,
  shapedSeconds: 5,
}
/** For a smoke test: everything runs, and the figures mean nothing. */
export const QUICK: Sizes = {
  rounds: 1,
  file: 32 * MIB,
  smallFiles: 200,
  techniqueFile: 16 * MIB,
  sparse: GIB,
  manyFiles: 1500,
  shapedFile: 32 * MIB,
  shapedSeconds: 1,
}

/** The arguments of every case. */
export interface Bench {
  readonly tools: Tools
  readonly sizes: Sizes
  log(text: string): void
}

const CHECKED = ['--clear']
const PLAIN = ['--clear', '--check', 'off']
const MANY_MINIMUM = 1024
const MANY_MAXIMUM = 16 * 1024

function places(folder: string): { source: string; into: string } {
  const into = join(folder, 'into')
  mkdirSync(into, { recursive: true })
  return { source: join(folder, 'source'), into }
}

/** One large file, by every contestant. */
export async function oneFile(
  { tools, sizes, log }: Bench,
  folder: string,
  rounds = sizes.rounds,
): Promise<Row[]> {
  const job = places(folder)
  makeFile(job.source, sizes.file)
  const contestants = [
    ...filePeers(tools),
    new PenstockContestant(tools, 'Penstock, check off', PLAIN),
    new PenstockContestant(tools, 'Penstock', CHECKED),
  ]
  const rows = await alternate(tools, job, contestants, { rounds, bytes: sizes.file, keep: false, log })
  rmSync(job.source)
  return rows
}

/** Many files of 4 KiB in a folder. */
export async function smallFiles({ tools, sizes, log }: Bench, folder: string): Promise<Row[]> {
  const job = places(folder)
  mkdirSync(job.source)
  const bytes = makeFiles(job.source, sizes.smallFiles, () => 4096)
  const contestants = [
    ...folderPeers(tools),
    new PenstockContestant(tools, 'Penstock, check off', PLAIN),
    new PenstockContestant(tools, 'Penstock', CHECKED),
  ]
  const { rounds } = sizes
  const rows = await alternate(tools, job, contestants, { rounds, bytes: bytes * 2, keep: true, log })
  rmSync(job.source, { recursive: true })
  return rows
}

/** The same, encrypted, beside what is not: one file or a folder. */
export async function encrypted(bench: Bench, folder: string, what: 'file' | 'files'): Promise<Row[]> {
  const { tools, sizes, log } = bench
  const job = places(folder)
  if (what === 'file') makeFile(job.source, sizes.file)
  else {
    mkdirSync(job.source)
    makeFiles(job.source, sizes.smallFiles, () => 4096)
  }
  const contestants = [
    ...(what === 'file' ? [limit(tools), ...encryptedPeers(tools)] : [scp(tools)]),
    new PenstockContestant(tools, 'Penstock, not encrypted', CHECKED),
    new PenstockContestant(tools, 'Penstock, encrypted', []),
  ]
  const { rounds } = sizes
  const bytes = what === 'file' ? sizes.file : sizes.smallFiles * 8192
  const rows = await alternate(tools, job, contestants, { rounds, bytes, keep: what === 'files', log })
  rmSync(job.source, { recursive: true })
  return rows
}

/** The same transfer by the kernel and by the textbook's technique, for their CPU time. */
export async function techniques({ tools, sizes, log }: Bench, folder: string): Promise<Row[]> {
  const job = places(folder)
  makeFile(job.source, sizes.techniqueFile)
  const contestants = [
    new PenstockContestant(tools, 'sendfile', [...PLAIN, '--technique', 'sendfile']),
    new PenstockContestant(tools, 'readwrite, 4 KiB', [
      ...PLAIN,
      ...['--technique', 'readwrite', '--buffer', '4096'],
    ]),
  ]
  const rounds = Math.min(sizes.rounds, 3)
  const rows = await alternate(tools, job, contestants, {
    rounds,
    bytes: sizes.techniqueFile,
    keep: false,
    log,
  })
  rmSync(job.source)
  return rows
}

/** Growth of anonymous memory over idle, in bytes, and how long it took. */
export interface Growth {
  readonly name: string
  readonly sender: number
  readonly receiver: number
  readonly seconds: number
  readonly bytes: number
  readonly files: number
}

/** How much larger than for one small file each process becomes; each transfer has processes of its own. */
export async function memory(bench: Bench, folder: string): Promise<Growth[]> {
  const { tools, sizes, log } = bench
  const job = places(folder)
  const one = async (source: string) => {
    const state = join(tools.folder, 'state-memory')
    const receiver = await Receiver.start(state, job.into, 19_000, ['--durability', 'os'])
    await sleep(300)
    const idle = receiver.process.peakAnonymous
    const sent = await receiver.send(source, CHECKED)
    await receiver.stop()
    rmSync(job.into, { recursive: true })
    mkdirSync(job.into)
    return {
      idle,
      sender: sent.sender.peakAnonymous,
      receiver: receiver.process.peakAnonymous,
      report: sent.report,
    }
  }
  const tiny = join(folder, 'tiny')
  writeFileSync(tiny, 'x')
  const base = await one(tiny)
  const measure = async (name: string, source: string): Promise<Growth> => {
    const { idle, sender, receiver, report } = await one(source)
    const growth = { sender: sender - base.sender, receiver: receiver - idle }
    log(
      `${name}: sender +${Math.round(growth.sender / 1e6)} MB, receiver +${Math.round(growth.receiver / 1e6)} MB`,
    )
    rmSync(source, { recursive: true })
    return { name, ...growth, seconds: report.seconds, bytes: report.bytes, files: report.files }
  }
  const sparse = join(folder, 'sparse')
  makeSparse(sparse, sizes.sparse, 256 * MIB)
  const first = await measure('sparse file', sparse)
  const many = join(folder, 'many')
  makeFiles(many, sizes.manyFiles, (index) => MANY_MINIMUM + ((index * 7919) % (MANY_MAXIMUM - MANY_MINIMUM)))
  return [first, await measure('many files', many)]
}

const iperfSchema = z.object({ end: z.object({ sum_received: z.object({ bits_per_second: z.number() }) }) })

async function iperf(tools: Tools, port: number, seconds: number): Promise<number> {
  const server = timed(tools, 'b', ['iperf3', '--server', '--one-off', '--port', String(port)])
  await listening(server.child, port)
  const command = [...on('a'), 'iperf3', '--client', ADDRESS.b, '--port', String(port)]
  const running = promisify(execFile)('ip', [...command.slice(1), '--time', String(seconds), '--json'], {
    maxBuffer: 64 * MIB,
  })
  keep(running.child)
  const { stdout } = await running
  await server.usage()
  return iperfSchema.parse(JSON.parse(stdout)).end.sum_received.bits_per_second
}

/** Content bits a second over a link of 1 Gbit/s. */
export interface Shaped {
  readonly iperf: number
  readonly checkOn: number
  readonly checkOff: number
}

/** Penstock beside iperf3 over the same shaped link, in alternating rounds. */
export async function gigabit({ tools, sizes, log }: Bench, folder: string): Promise<Shaped> {
  const job = places(folder)
  makeFile(job.source, sizes.shapedFile)
  const { size } = statSync(job.source)
  const state = join(tools.folder, 'state-shaped')
  const receiver = await Receiver.start(state, job.into, 19_100, ['--durability', 'os'])
  const results = { iperf: [0], checkOn: [0], checkOff: [0] }
  const send = async (args: readonly string[]): Promise<number> => {
    const { report } = await receiver.send(job.source, args)
    rmSync(job.into, { recursive: true })
    mkdirSync(job.into)
    return (size * 8) / report.seconds
  }
  await shaped(1000, async () => {
    for (let round = 0; round < Math.min(sizes.rounds, 3); round += 1) {
      results.iperf[round] = await iperf(tools, 19_200 + round, sizes.shapedSeconds)
      results.checkOn[round] = await send(CHECKED)
      results.checkOff[round] = await send(PLAIN)
      const words = Object.entries(results).map(
        ([name, all]) => `${name} ${Math.round((all[round] ?? 0) / 1e6)}`,
      )
      log(`1 Gbit/s: ${words.join(', ')} Mbit/s`)
    }
  })
  await receiver.stop()
  rmSync(job.source)
  const { iperf: theirs, checkOn, checkOff } = results
  return { iperf: median(theirs), checkOn: median(checkOn), checkOff: median(checkOff) }
}
