import { spawnSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'

/** A file system of its own. */
export interface Mounted {
  readonly path: string
  dispose(): void
}

/** One in a file, mounted by the loop device. */
export interface LoopMount extends Mounted {
  /** Unmounts it while a function changes the file. */
  whileUnmounted(work: (image: string) => void): void
}

const MAKERS: Readonly<Record<string, readonly string[]>> = {
  // Files of at most 17 GB, and times of whole seconds.
  'ext3 with small blocks': [
    'mkfs.ext3',
    '-q',
    '-F',
    ...['-b', '1024', '-I', '128', '-N', '4096', '-J', 'size=4'],
  ],
  ext4: ['mkfs.ext4', '-q', '-F', '-m', '0'],
  'xfs with reflink': ['mkfs.xfs', '-q', '-m', 'reflink=1'],
  'xfs without reflink': ['mkfs.xfs', '-q', '-m', 'reflink=0'],
  btrfs: ['mkfs.btrfs', '-q'],
}

/** What `mountLoop` can make. */
export const LOOP_KINDS = Object.keys(MAKERS)

/** Runs a program; its output if it fails, else null. */
function fails(program: string, args: readonly string[]): string | null {
  const done = spawnSync(program, [...args], { encoding: 'utf8' })
  if (done.error) return `${program}: ${done.error.message}`
  return done.status === 0 ? null : `${program}: ${done.stderr.trim()}`
}

/** Mounts a file system in memory that takes so many bytes. A string is the reason why this machine cannot make it. */
export function mountMemory(bytes: number, more: readonly string[] = []): Mounted | string {
  const path = mkdtempSync(join(tmpdir(), 'penstock-memory-'))
  const options = [`size=${String(bytes)}`, ...more].join(',')
  const problem = fails('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path])
  if (problem !== null) rmSync(path, { recursive: true })
  return problem ?? { path, dispose: () => unmount(path, path) }
}

/** The folder under another path, with options of bindfs. */
export function mountBound(folder: string, options: readonly string[]): Mounted | string {
  mkdirSync(folder)
  const path = mkdtempSync(join(tmpdir(), 'penstock-bound-'))
  const problem = fails('bindfs', [...options, folder, path])
  if (problem !== null) rmSync(path, { recursive: true })
  return problem ?? { path, dispose: () => unmount(path, path) }
}

function must(program: string, args: readonly string[]): void {
  const problem = fails(program, args)
  if (problem !== null) throw new Error(problem)
}

function unmount(path: string, folder: string): void {
  must('umount', [path])
  rmSync(folder, { recursive: true })
}

/** A temporary folder with an empty image of that many bytes, and an empty folder to mount it on. */
function makeImage(bytes: number) {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-image-'))
  const image = join(folder, 'image')
  const path = join(folder, 'mounted')
  mkdirSync(path)
  writeFileSync(image, '')
  truncateSync(image, bytes)
  return { folder, image, path }
}

/** Makes and mounts one of `LOOP_KINDS` with that many bytes. A string is the reason why this machine cannot make it. */
export function mountLoop(kind: string, bytes: number): LoopMount | string {
  const [maker = '', ...options] = MAKERS[kind] ?? []
  const { folder, image, path } = makeImage(bytes)
  const mount = ['-o', 'loop', image, path]
  const problem = fails(maker, [...options, image]) ?? fails('mount', mount)
  if (problem !== null) {
    rmSync(folder, { recursive: true })
    return problem
  }
  const whileUnmounted = (work: (image: string) => void): void => {
    must('umount', [path])
    work(image)
    must('mount', mount)
  }
  return { path, whileUnmounted, dispose: () => unmount(path, folder) }
}

const FUSE: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  // Without an operation for one time alone, and times of whole seconds.
  exfat: [['mkfs.exfat'], ['mount.exfat-fuse']],
  'ntfs with the names of Windows': [
    ['mkfs.ntfs', '-q', '-F'],
    ['ntfs-3g', '-o', 'windows_names'],
  ],
}

/** What `mountFuse` can make. */
export const FUSE_KINDS = Object.keys(FUSE)

/** As `mountLoop`, by a program in user space. */
export function mountFuse(kind: string, bytes: number): Mounted | string {
  const [[maker = '', ...options] = [], [mounter = '', ...flags] = []] = FUSE[kind] ?? []
  const { folder, image, path } = makeImage(bytes)
  const made = fails(maker, [...options, image])
  const loop = spawnSync('losetup', ['--find', '--show', image], { encoding: 'utf8' })
  const device = loop.status === 0 ? loop.stdout.trim() : ''
  const problem = made ?? (device === '' ? 'losetup fails' : fails(mounter, [...flags, device, path]))
  const release = (): void => {
    if (device !== '') must('losetup', ['--detach', device])
  }
  if (problem !== null) {
    release()
    rmSync(folder, { recursive: true })
    return problem
  }
  const dispose = (): void => {
    must('umount', [path])
    release()
    rmSync(folder, { recursive: true })
  }
  return { path, dispose }
}

/** A suite on a mounted file system, which it unmounts at its end. If it cannot be mounted, one skipped test has the reason. */
export function describeMounted<T extends { dispose(): unknown }>(
  kind: string,
  mount: () => T | string,
  tests: (mounted: T) => void,
): void {
  describe(kind, () => {
    const mounted = mount()
    if (typeof mounted === 'string') {
      test('is mounted', (t) => t.skip(`NOT RUN: ${mounted}`))
      return
    }
    after(() => mounted.dispose())
    tests(mounted)
  })
}
