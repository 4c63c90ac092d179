// Invariant: the CPU time that the report gives to the transfer's threads matches the kernel's accounts, read from another
// process, and the process's own time without its other threads.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Running } from '../support/processes/cli.ts'
import { patterned } from '../support/files/tree.ts'
import { missing, type Report, scratch, transferBetween } from './transfer.ts'

const MIB = 1024 * 1024
/** Long enough that the delay of a sample is far below the tolerance. */
const FILE_BYTES = 1536 * MIB
const SAMPLE_MS = 5
const TOLERANCE = 0.1
/** The kernel accounts a process in clock ticks of 10 ms, one for user and one for system time. */
const TICKS_SECONDS = 0.04
const ATTEMPTS = 3

const { path: root, remove } = await scratch()
const source = join(root, 'file')

before(async () => {
  const piece = patterned(16 * MIB)
  await writeFile(source, '')
  for (let at = 0; at < FILE_BYTES; at += piece.length) await writeFile(source, piece, { flag: 'a' })
})

after(remove)

/** CPU seconds of one process, as procfs reports them to another. */
interface Books {
  /** All threads, those that ended included: utime + stime of /proc/PID/stat. */
  readonly process: number
  /** Each living thread, by id, from the first field of schedstat. */
  readonly threads: ReadonlyMap<string, { readonly name: string; readonly seconds: number }>
}

function readBooks(pid: number): Books | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    const threads = readdirSync(`/proc/${pid}/task`).flatMap((id) => {
      try {
        const task = `/proc/${pid}/task/${id}`
        const seconds = Number(readFileSync(`${task}/schedstat`, 'utf8').split(' ')[0]) / 1e9
        return [[id, { name: readFileSync(`${task}/comm`, 'utf8').trim(), seconds }] as const]
      } catch {
        return [] // It has ended since it was listed.
      }
    })
    return { process: ticks / 100, threads: new Map(threads) }
  } catch {
    return null
  }
}

/**
 * Samples a process until it ends. `seconds` then returns the time of its named threads and, by subtraction, of the rest.
 */
function watch({ child, exit }: Running, prefix: string): () => { ofThreads: number; ofProcess: number } {
  const { pid } = child
  assert.ok(pid !== undefined)
  const named = new Map<string, number>()
  const others = { before: new Map<string, number>(), last: new Map<string, number>() }
  let first: number | null = null
  let last = 0
  const look = (): void => {
    const books = readBooks(pid)
    const ours = [...(books?.threads ?? [])].filter(([, { name }]) => name.startsWith(prefix))
    if (books === null || (ours.length === 0 && first === null)) {
      for (const [id, { seconds }] of books?.threads ?? []) others.before.set(id, seconds)
      return
    }
    if (ours.length === 0) return
    first ??= books.process - ours.reduce((sum, [, { seconds }]) => sum + seconds, 0)
    last = books.process
    for (const [id, { name, seconds }] of books.threads) {
      if (name.startsWith(prefix)) named.set(id, seconds)
      else others.last.set(id, seconds)
    }
  }
  const timer = setInterval(look, SAMPLE_MS)
  void exit.then(() => {
    clearInterval(timer)
  })
  return () => {
    const rest = [...others.last].reduce((sum, [id, end]) => sum + end - (others.before.get(id) ?? 0), 0)
    const ofThreads = [...named.values()].reduce((sum, one) => sum + one, 0)
    return { ofThreads, ofProcess: last - (first ?? 0) - rest }
  }
}

function within(reported: number, seen: number, slack: number): boolean {
  return Math.abs(reported - seen) <= TOLERANCE * Math.max(reported, seen) + slack
}

function secondsOf({ cpuSeconds }: Report): number {
  return cpuSeconds.user + cpuSeconds.system
}

for (const [sending, receiving] of [
  ['readwrite', 'readwrite'],
  ['sendfile', 'splice'],
  ['seal', 'unseal'],
] as const) {
  test(`${sending} to ${receiving}`, { skip: missing(), timeout: 300_000 }, async (t) => {
    const lines: string[] = []
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const watched: { name: string; books: ReturnType<typeof watch> }[] = []
      const { sent, received } = await transferBetween({
        root,
        source,
        encrypted: sending === 'seal',
        send: ['--technique', sending, ...(sending === 'readwrite' ? ['--buffer', '4k'] : [])],
        receive: ['--technique', receiving, ...(receiving === 'readwrite' ? ['--buffer', '4k'] : [])],
        watch: (sender, receiver) => {
          watched.push({ name: 'sender', books: watch(sender, 'ps-send-') })
          watched.push({ name: 'receiver', books: watch(receiver, 'ps-recv-') })
        },
      })
      assert.deepEqual([sent.technique, received.technique], [sending, receiving])
      const wrong = watched.flatMap(({ name, books }) => {
        const reported = secondsOf(name === 'sender' ? sent : received)
        const { ofThreads, ofProcess } = books()
        const words = `${name}: ${reported.toFixed(3)} s reported, ${ofThreads.toFixed(3)} s by its threads, ${ofProcess.toFixed(3)} s by the process`
        t.diagnostic(words)
        assert.ok(reported > 0.2, `too little to compare: ${words}`)
        return within(reported, ofThreads, SAMPLE_MS / 1000) && within(reported, ofProcess, TICKS_SECONDS)
          ? []
          : [words]
      })
      if (wrong.length === 0) return
      lines.push(...wrong)
    }
    assert.fail(`more than 10 % apart in ${ATTEMPTS} attempts: ${lines.join('; ')}`)
  })
}
