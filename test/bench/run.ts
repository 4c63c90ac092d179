// `npm run bench`: Penstock beside other programs on this machine, each as two processes on the two ends of a veth pair.
// Prints a table, with --write into docs/benchmarks.md. --quick: small sizes, to check that everything still runs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installPackages } from '../../build/setup/electron/debian.mjs'
import {
  type Bench,
  encrypted,
  FULL,
  gigabit,
  memory,
  oneFile,
  QUICK,
  smallFiles,
  techniques,
} from './cases.ts'
import { makeNetwork, removeNetwork } from './network.ts'
import { compileTools, endAll, holdMemory } from './programs.ts'
import { startup } from './startup.ts'
import { intoPage, type Results, tableOf } from './table.ts'

const PACKAGES = [
  'curl',
  'gcc',
  'iperf3',
  'iproute2',
  'libc6-dev',
  'netcat-openbsd',
  'nginx-light|nginx',
  'openssh-client',
  'openssh-server',
  'openssl',
  'procps',
  'rsync',
  'socat',
  'tar',
  'vsftpd',
]
const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))
const CASES = ['startup', 'tmpfs', 'ext4', 'small', 'encrypted', 'techniques', 'memory', 'gigabit'] as const
/** Starts of each command that are timed. */
const STARTS = { quick: 3, full: 21 } as const
/** Free memory that the runs need: the source, the target twice, and room. */
const NEEDED_BYTES = 8 * 1024 ** 3

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', default: CASES.join(',') },
    rounds: { type: 'string' },
    json: { type: 'string' },
  },
})

function log(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** True if the processor reports that it is virtual. */
function isVirtual(): boolean {
  return /^flags\s*:.*\bhypervisor\b/mu.test(readFileSync('/proc/cpuinfo', 'utf8'))
}

function availableBytes(): number {
  const kilobytes = /^MemAvailable:\s+(\d+)/mu.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024
}

async function run(shm: string, disk: string): Promise<Results> {
  const sizes = given.quick ? QUICK : { ...FULL, rounds: Number(given.rounds ?? FULL.rounds) }
  const bench: Bench = { tools: compileTools(join(disk, 'tools')), sizes, log }
  const wanted = (name: (typeof CASES)[number]): boolean => given.only.split(',').includes(name)
  makeNetwork()
  const spare = availableBytes() - NEEDED_BYTES
  if (!given.quick && isVirtual() && spare > 0) {
    log(`holding ${(spare / 1e9).toFixed(1)} GB of memory that no run needs`)
    await holdMemory(bench.tools, spare)
  }
  return {
    sizes,
    cores: availableParallelism(),
    startup: wanted('startup') ? startup(given.quick ? STARTS.quick : STARTS.full, log) : null,
    tmpfs: wanted('tmpfs') ? await oneFile(bench, shm) : [],
    ext4: wanted('ext4') ? await oneFile(bench, disk, Math.min(sizes.rounds, 5)) : [],
    smallTmpfs: wanted('small') ? await smallFiles(bench, shm) : [],
    smallExt4: wanted('small') ? await smallFiles(bench, disk) : [],
    encryptedFile: wanted('encrypted') ? await encrypted(bench, shm, 'file') : [],
    encryptedFiles: wanted('encrypted') ? await encrypted(bench, shm, 'files') : [],
    techniques: wanted('techniques') ? await techniques(bench, shm) : [],
    memory: wanted('memory') ? await memory(bench, disk) : [],
    shaped: wanted('gigabit') ? await gigabit(bench, shm) : null,
  }
}

async function main(): Promise<number> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    log('NOT RUN: the bench makes network namespaces, which takes Linux and root')
    return 2
  }
  const toDo = installPackages(PACKAGES)
  if (toDo !== null) {
    log(`NOT RUN: the bench needs other programs to measure against. ${toDo}`)
    return 2
  }
  const begun = Date.now()
  const shm = mkdtempSync('/dev/shm/penstock-bench-')
  const disk = mkdtempSync(join(tmpdir(), 'penstock-bench-'))
  const clean = (): void => {
    endAll()
    removeNetwork()
    rmSync(shm, { recursive: true, force: true })
    rmSync(disk, { recursive: true, force: true })
  }
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      clean()
      process.exit(code)
    })
  }
  try {
    const results = await run(shm, disk)
    const table = tableOf(results, (Date.now() - begun) / 1000, given.quick)
    process.stdout.write(`${table}\n`)
    if (given.json !== undefined) writeFileSync(given.json, JSON.stringify(results, null, 1))
    if (given.write) writeFileSync(PAGE, intoPage(readFileSync(PAGE, 'utf8'), table))
    return 0
  } finally {
    clean()
  }
}

process.exitCode = await main()
