import { randomBytes } from 'node:crypto'
import { lstat, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { addon } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf, problemOfError } from './errno.ts'
import { OWN_PREFIX, type NameFolding } from './names.ts'
import type { SourceEntry } from './walk.ts'

/** Unit of stat's `blocks`, whatever the file system's own blocks are. */
const STAT_BLOCK_BYTES = 512

/**
 * Free bytes for this user where `dir` is or will be: the nearest folder above it that is there decides. Throws
 * `no-permission`, `io`.
 */
export function freeBytes(dir: string): number {
  const path = resolve(dir)
  try {
    return addon.fileSystem(path).freeBytes
  } catch (error) {
    const parent = dirname(path)
    if (errnoOf(error) !== 'ENOENT' || parent === path) throw problemOfError(error, { path })
    return freeBytes(parent)
  }
}

/** Throws `disk-full` {path, needed, free} where `bytes` do not fit below `dir`. */
export function ensureRoom(dir: string, bytes: number): void {
  const free = freeBytes(dir)
  if (bytes > free) throw new PenstockError('disk-full', { path: dir, needed: bytes, free })
}

/** Bytes that a file takes on its disk: fewer than its size where it has holes. Its size where nobody can say. */
async function takenBytes({ absolutePath, size }: SourceEntry, targetDevice: bigint | null): Promise<number> {
  try {
    const { blocks, dev } = await stat(absolutePath, { bigint: true })
    return dev === targetDevice ? 0 : Math.min(size, Number(blocks) * STAT_BLOCK_BYTES)
  } catch {
    return size
  }
}

/**
 * As {@link ensureRoom} for a copy on this machine: holes stay holes and take no room, and where blocks are shared
 * (`byReference`) neither does a file of the same device. `bytes` is the sum of the sizes.
 */
export async function ensureRoomForCopy(
  dir: string,
  entries: readonly SourceEntry[],
  bytes: number,
  byReference: boolean,
): Promise<void> {
  const free = freeBytes(dir)
  if (bytes <= free) return
  const sharing = byReference ? (await stat(dir, { bigint: true })).dev : null
  let needed = 0
  for (const entry of entries) {
    if (entry.type === 'file') needed += await takenBytes(entry, sharing)
  }
  if (needed > free) throw new PenstockError('disk-full', { path: dir, needed, free })
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Tries out which names the file system of `dir` takes for one; makes and removes a small folder in it. */
export async function foldsNames(dir: string): Promise<NameFolding> {
  const probe = join(dir, `${OWN_PREFIX}probe-${randomBytes(8).toString('hex')}`)
  await mkdir(probe, { mode: 0o700 })
  try {
    await writeFile(join(probe, 'k'), '')
    await writeFile(join(probe, '\u00e9'), '')
    return {
      caseFolds: await isThere(join(probe, 'K')),
      normalisationFolds: await isThere(join(probe, 'e\u0301')),
    }
  } finally {
    await rm(probe, { recursive: true, force: true })
  }
}
