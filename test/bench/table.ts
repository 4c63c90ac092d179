import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { callsPerFile, namedCallsPerFile } from './calls.ts'
import type { Growth, Shaped, Sizes } from './cases.ts'
import type { Outcome } from './contestants.ts'
import { median, medianOf, type Row } from './rounds.ts'
import type { Startup } from './startup.ts'

const BEGIN = '<!-- bench:begin (npm run bench -- --write replaces this section) -->'
const END = '<!-- bench:end -->'
const GIB = 1024 ** 3

/** All results of the bench. */
export interface Results {
  readonly sizes: Sizes
  readonly cores: number
  readonly startup: Startup | null
  readonly tmpfs: readonly Row[]
  readonly ext4: readonly Row[]
  readonly smallTmpfs: readonly Row[]
  readonly smallExt4: readonly Row[]
  readonly encryptedFile: readonly Row[]
  readonly encryptedFiles: readonly Row[]
  readonly techniques: readonly Row[]
  readonly memory: readonly Growth[]
  readonly shaped: Shaped | null
}

function markdown(headers: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
  return [line(headers), line(headers.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)]
}

function times(outcomes: readonly Outcome[], pick: (outcome: Outcome) => number, digits: number): string {
  const values = outcomes.map(pick)
  const span = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits)).join('–')
  return `${median(values).toFixed(digits)} (${span})`
}

const seconds = (outcome: Outcome): number => outcome.seconds

function fileTable(rows: readonly Row[], bytes: number, against = 'of the limit'): string[] {
  if (rows.length === 0) return []
  const limit = medianOf(rows[0], seconds)
  const gibs = bytes / GIB
  return markdown(
    ['', 'seconds (least–most)', 'GB/s', against, 'whole command', 'sender CPU s/GiB', 'receiver CPU s/GiB'],
    rows.map((row) => [
      row.name,
      times(row.outcomes, seconds, 2),
      (bytes / 1e9 / medianOf(row, seconds)).toFixed(2),
      (limit / medianOf(row, seconds)).toFixed(2),
      medianOf(row, ({ wall }) => wall).toFixed(2),
      (medianOf(row, ({ sender }) => sender) / gibs).toFixed(2),
      (medianOf(row, ({ receiver }) => receiver) / gibs).toFixed(2),
    ]),
  )
}

function folderTable(rows: readonly Row[]): string[] {
  if (rows.length === 0) return []
  return markdown(
    [
      ...['', 'seconds (least–most)', 'whole command', 'sender CPU s', 'receiver CPU s'],
      ...['sender calls per file', 'receiver calls per file'],
    ],
    rows.map((row) => [
      row.name,
      times(row.outcomes, seconds, 2),
      medianOf(row, ({ wall }) => wall).toFixed(2),
      medianOf(row, ({ sender }) => sender).toFixed(2),
      medianOf(row, ({ receiver }) => receiver).toFixed(2),
      callsText(row, 'sender'),
      callsText(row, 'receiver'),
    ]),
  )
}

function callsText(row: Row, side: 'sender' | 'receiver'): string {
  const calls = medianOf(row, (outcome) => (outcome.calls ? callsPerFile(outcome.calls[side]) : NaN))
  return Number.isNaN(calls) ? '–' : calls.toFixed(1)
}

/** What the calls per file are, of the last row that reports them. */
function namedCalls(rows: readonly Row[]): string[] {
  const calls = rows.flatMap(({ outcomes }) => outcomes).findLast((outcome) => outcome.calls)?.calls
  if (!calls) return []
  const [sender, receiver] = [namedCallsPerFile(calls.sender), namedCallsPerFile(calls.receiver)]
  return ['', `Calls per file: sender ${sender}; receiver ${receiver}.`]
}

interface Target {
  readonly what: string
  readonly wanted: string
  readonly got: number
  readonly digits: number
  readonly unit: string
  readonly met: boolean
}

const atLeast = (what: string, least: number, got: number, digits = 2, unit = ''): Target => ({
  what,
  wanted: `≥ ${least}${unit}`,
  got,
  digits,
  unit,
  met: got >= least,
})
const atMost = (what: string, most: number, got: number, digits = 2, unit = ''): Target => ({
  what,
  wanted: `≤ ${most}${unit}`,
  got,
  digits,
  unit,
  met: got <= most,
})

const named = (rows: readonly Row[], name: string): Row | undefined => rows.find((row) => row.name === name)

/** Encrypted against unencrypted, and against other programs that encrypt. */
function encryptedTargets({ encryptedFile, encryptedFiles }: Results): Target[] {
  const of = (rows: readonly Row[], name: string): number => medianOf(named(rows, name), seconds)
  const [clear, own] = ['Penstock, not encrypted', 'Penstock, encrypted']
  const targets: Target[] = []
  if (encryptedFile.length > 0) {
    const time = of(encryptedFile, own)
    const limit = medianOf(encryptedFile[0], seconds)
    const others = encryptedFile.slice(1).filter(({ name }) => name !== 'scp' && !name.startsWith('Penstock'))
    const fastest = Math.min(...others.map((row) => medianOf(row, seconds)))
    targets.push(
      atLeast('encrypted: rate by that of not encrypted, check on', 0.9, of(encryptedFile, clear) / time),
      atLeast('encrypted: rate by that of the limit, which encrypts nothing', 0.5, limit / time),
      atLeast('encrypted: rate by that of scp', 3, of(encryptedFile, 'scp') / time),
      atLeast('encrypted: rate by that of the fastest of sftp, nginx, socat', 2, fastest / time),
    )
  }
  if (encryptedFiles.length > 0) {
    const ratio = of(encryptedFiles, own) / of(encryptedFiles, clear)
    targets.push(atMost('encrypted small files: time by that of not encrypted', 1.15, ratio))
  }
  return targets
}

/** Each target that this run has figures for. */
export function targetsOf(results: Results): Target[] {
  const { tmpfs, smallTmpfs, techniques, memory, shaped } = results
  const targets: Target[] = []
  if (results.startup) {
    const { node, help } = results.startup
    targets.push(atMost('start-up: `penstock help` beyond `node -e 0`', 120, help - node, 0, ' ms'))
  }
  const off = medianOf(named(tmpfs, 'Penstock, check off'), seconds)
  if (tmpfs.length > 0) {
    const limit = medianOf(tmpfs[0], seconds)
    const peers = tmpfs.slice(1).filter(({ name }) => !name.startsWith('Penstock'))
    const fastest = Math.min(...peers.map((row) => medianOf(row, seconds)))
    const share = (side: 'sender' | 'receiver'): number =>
      medianOf(named(tmpfs, 'Penstock, check off'), ({ mainShares }) => mainShares?.[side] ?? NaN) * 100
    targets.push(
      atLeast('one file, tmpfs, check off: rate by that of the limit', 0.9, limit / off),
      atLeast('one file, tmpfs, check off: rate by that of the fastest peer', 1.5, fastest / off),
      atLeast(
        'one file, tmpfs, check on: rate by that of the limit',
        0.6,
        limit / medianOf(named(tmpfs, 'Penstock'), seconds),
      ),
      atMost('JavaScript’s main thread busy, sender', 5, share('sender'), 1, ' %'),
      atMost('JavaScript’s main thread busy, receiver', 5, share('receiver'), 1, ' %'),
    )
  }
  for (const [where, rows] of [
    ['tmpfs', smallTmpfs],
    ['ext4', results.smallExt4],
  ] as const) {
    if (rows.length === 0) continue
    const own = medianOf(named(rows, 'Penstock'), seconds)
    targets.push(
      atMost(
        `small files, ${where}: time by that of tar | netcat`,
        1,
        own / medianOf(named(rows, 'tar | netcat'), seconds),
      ),
      atMost(
        `small files, ${where}: time by that of rsync`,
        0.6,
        own / medianOf(named(rows, 'rsync daemon'), seconds),
      ),
    )
  }
  targets.push(...encryptedTargets(results))
  if (techniques.length > 0) {
    const cpu = (name: string): number => medianOf(named(techniques, name), ({ sender }) => sender)
    targets.push(
      atMost(
        'sender CPU of sendfile by that of readwrite 4 KiB',
        0.35,
        cpu('sendfile') / cpu('readwrite, 4 KiB'),
      ),
    )
  }
  for (const { name, sender, receiver } of memory) {
    targets.push(
      atMost(
        `${name}: growth of anonymous memory, the larger`,
        200,
        Math.max(sender, receiver) / 1e6,
        0,
        ' MB',
      ),
    )
  }
  if (shaped) {
    targets.push(
      atLeast('1 Gbit/s, check on: goodput by that of iperf3', 0.97, shaped.checkOn / shaped.iperf, 3),
    )
  }
  return targets
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const system = /^PRETTY_NAME="(.+)"$/mu.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux'
  const virtual = /\bhypervisor\b/u.test(readFileSync('/proc/cpuinfo', 'utf8')) ? ', virtual machine' : ''
  return `${model}, ${cpus().length} cores${virtual}, ${Math.round(totalmem() / GIB)} GiB, ${system}, Linux ${release()}, Node ${process.versions.node}`
}

function versions(): string {
  const names = ['curl', 'netcat-openbsd', 'nginx', 'openssh-client', 'rsync', 'socat', 'vsftpd', 'iperf3']
  const format = '${Package} ${Version}\\n'
  const found = execFileSync('dpkg-query', ['-W', `-f=${format}`, ...names], { encoding: 'utf8' })
  return found.trim().split('\n').join(', ')
}

const amount = (bytes: number): string =>
  bytes >= GIB
    ? `${(bytes / GIB).toFixed(bytes % GIB === 0 ? 0 : 1)} GiB`
    : `${Math.round(bytes / 1024 ** 2)} MiB`

/** The results in Markdown. */
export function tableOf(results: Results, took: number, quick: boolean): string {
  const { sizes, memory, shaped } = results
  const counted = (rows: readonly Row[]): string => `${rows[0]?.outcomes.length ?? 0} rounds`
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', `**${title}**`, '', ...lines]
  const targets = targetsOf(results).map(({ what, wanted, got, digits, unit, met }) => [
    what,
    wanted,
    `${got.toFixed(digits)}${unit}`,
    met ? 'yes' : 'no',
  ])
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} in ${Math.round(took / 60)} minutes on: ${machine()}.`,
    `Peers: ${versions()}.`,
    '',
    'Two processes, one on each end of a veth pair; unencrypted unless stated; nothing waits for the disk. Medians of',
    'alternating rounds after a warm-up, in which what arrived was compared. “Seconds” are, for every program, from the first',
    'TCP segment on the wire to the end of both programs, or, if the receiver stays up, to the confirmation at the sender (or curl);',
    'Penstock’s TLS handshake, manifest and commit are within. “Whole command” begins when the command is typed; Penstock’s',
    'includes the start of Node. CPU is that of whole processes (of Penstock: from the offer to the report).',
    ...section(
      `One file of ${amount(sizes.file)}, tmpfs, ${counted(results.tmpfs)}`,
      fileTable(results.tmpfs, sizes.file),
    ),
    ...section(
      `One file of ${amount(sizes.file)}, ext4 (in the page cache, no fsync), ${counted(results.ext4)}`,
      fileTable(results.ext4, sizes.file),
    ),
    ...section(`${sizes.smallFiles} files of 4 KiB, tmpfs, ${counted(results.smallTmpfs)}`, [
      ...folderTable(results.smallTmpfs),
      ...namedCalls(results.smallTmpfs),
    ]),
    ...section(
      `${sizes.smallFiles} files of 4 KiB, ext4 (no fsync, nothing deleted in between), ${counted(results.smallExt4)}`,
      folderTable(results.smallExt4),
    ),
    ...section(
      `Encrypted, one file of ${amount(sizes.file)}, tmpfs, ${counted(results.encryptedFile)}`,
      fileTable(results.encryptedFile, sizes.file),
    ),
    ...section(
      `Encrypted, ${sizes.smallFiles} files of 4 KiB, tmpfs, ${counted(results.encryptedFiles)}`,
      folderTable(results.encryptedFiles),
    ),
    ...section(
      `Sender CPU of two techniques, ${amount(sizes.techniqueFile)}, check off`,
      fileTable(results.techniques, sizes.techniqueFile),
    ),
    ...section(
      'Growth of anonymous memory over idle (check on)',
      memory.length === 0
        ? []
        : markdown(
            ['', 'bytes', 'entries', 'seconds', 'sender', 'receiver'],
            memory.map(({ name, bytes, files, seconds: span, sender, receiver }) => [
              name,
              amount(bytes),
              String(files),
              span.toFixed(1),
              `${Math.round(sender / 1e6)} MB`,
              `${Math.round(receiver / 1e6)} MB`,
            ]),
          ),
    ),
    ...section(
      `A link of 1 Gbit/s (tc tbf), ${amount(sizes.shapedFile)}; content bits a second while content moves`,
      shaped
        ? markdown(
            ['', 'Mbit/s', 'of iperf3'],
            [
              ['iperf3', (shaped.iperf / 1e6).toFixed(1), '1.000'],
              [
                'Penstock, check off',
                (shaped.checkOff / 1e6).toFixed(1),
                (shaped.checkOff / shaped.iperf).toFixed(3),
              ],
              ['Penstock', (shaped.checkOn / 1e6).toFixed(1), (shaped.checkOn / shaped.iperf).toFixed(3)],
            ],
          )
        : [],
    ),
    // Small sizes are not meaningful for these.
    ...section('Targets', quick ? [] : markdown(['', 'wanted', 'measured', 'met'], targets)),
  ].join('\n')
}

/** The page with its marked section replaced. Throws if it has none. */
export function intoPage(page: string, table: string): string {
  const from = page.indexOf(BEGIN)
  const until = page.indexOf(END)
  if (from < 0 || until < from) throw new Error(`the page has no section between ${BEGIN} and ${END}`)
  return `${page.slice(0, from + BEGIN.length)}\n\n${table}\n\n${page.slice(until)}`
}
