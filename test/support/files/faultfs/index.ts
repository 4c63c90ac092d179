import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const SOURCE = fileURLToPath(new URL('faultfs.c', import.meta.url))
const HEADERS = '/usr/include/fuse3'

/**
 * Operations as FUSE names them. `flush` is each close of a descriptor, `release` the last one; `rename2` is a rename with
 * flags, such as one that must not replace.
 */
export const OPERATIONS = [
  ...['getattr', 'readlink', 'mkdir', 'unlink', 'rmdir', 'symlink', 'rename', 'rename2', 'link', 'chmod'],
  ...['chown', 'truncate', 'utimens', 'open', 'create', 'read', 'write', 'statfs', 'flush', 'release'],
  ...['fsync', 'opendir', 'readdir', 'fsyncdir', 'fallocate', 'lseek'],
] as const
export type Operation = (typeof OPERATIONS)[number]

const countsSchema = z.record(z.string(), z.number())

/** Which calls fail. */
export interface Where {
  /**
   * Glob over the path below the mount point, with a slash in front; `*` matches slashes too. Open files have the path that
   * they were opened under.
   */
  readonly names?: string
  /** Calls that pass before the first that fails. */
  readonly after?: number
  /** Calls that fail; by default all. */
  readonly times?: number
}

/** A mounted file system whose calls fail as configured. */
export interface FaultFs {
  /** The mount point. */
  readonly path: string
  /** The folder behind it, where the same entries are reached without faults. */
  readonly behind: string
  /** From now on these calls fail with this error. */
  fail(operation: Operation, errno: keyof typeof constants.errno, where?: Where): Promise<void>
  /** From now on these calls wait this long, in milliseconds. */
  delay(operation: Operation, milliseconds: number, names?: string): Promise<void>
  /** From now on statfs reports 0 for everything. */
  zeroStatfs(): Promise<void>
  /** From now on these files are reported to have 0 bytes. */
  unsized(names: string): Promise<void>
  /** No faults, no delays; counting begins again. */
  clear(): Promise<void>
  /** Calls on names that match since it was mounted or cleared. */
  count(operation: Operation, names?: string): Promise<number>
  /** Unmounts it and removes what was in it; no effect if it is unmounted. */
  dispose(): Promise<void>
}

/** Compiled once in this process. The program, or the reason why there is none. */
function build(): { readonly program: string } | string {
  if (process.platform !== 'linux') return 'FUSE is for Linux'
  if (process.getuid?.() !== 0) return 'mounting needs root'
  if (!existsSync('/dev/fuse')) return 'there is no /dev/fuse'
  if (!existsSync(HEADERS)) return 'libfuse3-dev is not installed'
  const folder = mkdtempSync(join(tmpdir(), 'penstock-faultfs-program-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  const program = join(folder, 'faultfs')
  const flags = ['-Wall', '-Wextra', '-Werror', '-O1', '-D_FILE_OFFSET_BITS=64', `-I${HEADERS}`]
  const { status, stderr } = spawnSync('cc', [...flags, SOURCE, '-o', program, '-lfuse3', '-lpthread'], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`faultfs cannot be compiled: ${stderr}`)
  return { program }
}

let built: ReturnType<typeof build> | null = null

/** Mounts one over a new folder; the reason why it cannot be, for `NOT RUN`. It ends with this process at the latest. */
export async function mountFaultFs(): Promise<FaultFs | string> {
  built ??= build()
  if (typeof built === 'string') return built
  const root = mkdtempSync(join(tmpdir(), 'penstock-faultfs-'))
  const [path, behind] = [join(root, 'mounted'), join(root, 'behind')]
  await Promise.all([mkdir(path), mkdir(behind)])
  const child = spawn(built.program, [behind, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<string> => {
    const next = await lines.next()
    if (next.done === true) throw new Error('faultfs has ended')
    return next.value
  }
  const ready = await Promise.race([answer(), closed.then(() => null)])
  if (ready !== 'ready') {
    rmSync(root, { recursive: true })
    return 'FUSE cannot be mounted here'
  }
  let last: Promise<unknown> = Promise.resolve()
  const ask = (command: string): Promise<string> => {
    const answered = last.then(() => {
      child.stdin.write(`${command}\n`)
      return answer()
    })
    last = answered.catch(() => undefined)
    return answered
  }
  const perform = async (command: string): Promise<void> => {
    const answer = await ask(command)
    if (answer !== 'ok') throw new Error(`faultfs does not take "${command}"`)
  }
  let disposed: Promise<void> | null = null
  const dispose = async (): Promise<void> => {
    child.stdin.end()
    await closed
    rmSync(root, { recursive: true, force: true })
  }
  return {
    path,
    behind,
    fail: (operation, errno, { names = '*', after = 0, times = 0 } = {}) =>
      perform(`fault ${operation} ${constants.errno[errno]} ${after} ${times} ${names}`),
    delay: (operation, milliseconds, names = '*') => perform(`delay ${operation} ${milliseconds} ${names}`),
    zeroStatfs: () => perform('statfs zero'),
    unsized: (names) => perform(`unsized ${names}`),
    clear: () => perform('clear'),
    count: async (operation, names = '*') =>
      countsSchema.parse(JSON.parse(await ask(`counts ${names}`)))[operation] ?? 0,
    dispose: () => (disposed ??= dispose()),
  }
}
