import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { addon } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf, problemOfError } from '../errors/errno.ts'
import type { Room } from '../../contract/transfer.ts'
import type { SourceEntry } from '../source/entries.ts'

/** Unit of stat's `blocks`, independent of the file system's block size. */
const STAT_BLOCK_BYTES = 512

/**
 * Free bytes for this user on the file system of `dir`, or of its nearest existing parent; null if the file system does not
 * report them. Throws `no-permission`, `io`.
 */
export function freeBytes(dir: string): number | null {
  const path = resolve(dir)
  try {
    return addon.fileSystem(path).freeBytes
  } catch (error) {
    const parent = dirname(path)
    if (errnoOf(error) !== 'ENOENT' || parent === path) throw problemOfError(error, { path })
    return freeBytes(parent)
  }
}

/** The room for `needed` bytes in a folder. Why it cannot be read is the error of an accepted offer. */
export function roomIn(dir: string, needed: number): Room {
  try {
    return { needed, free: freeBytes(dir) }
  } catch {
    return { needed, free: null }
  }
}

/** Throws `disk-full` {path, needed, free} if `bytes` do not fit below `dir`. */
export function ensureRoom(dir: string, bytes: number): void {
  const free = freeBytes(dir)
  if (free !== null && bytes > free) throw new PenstockError('disk-full', { path: dir, needed: bytes, free })
}

/**
 * Bytes that a file occupies on its disk: fewer than its size if it has holes. Its size if the system does not report it.
 */
async function takenBytes({ absolutePath, size }: SourceEntry, targetDevice: bigint | null): Promise<number> {
  try {
    const { blocks, dev } = await stat(absolutePath, { bigint: true })
    return dev === targetDevice ? 0 : Math.min(size, Number(blocks) * STAT_BLOCK_BYTES)
  } catch {
    return size
  }
}

/**
 * As {@link ensureRoom} for a copy on this machine: holes take no room, and if blocks are shared (`byReference`), neither
 * does a file of the same device. `bytes` is the sum of the sizes.
 */
export async function ensureRoomForCopy(
  dir: string,
  entries: readonly SourceEntry[],
  bytes: number,
  byReference: boolean,
): Promise<void> {
  const free = freeBytes(dir)
  if (free === null || bytes <= free) return
  const sharing = byReference ? (await stat(dir, { bigint: true })).dev : null
  let needed = 0
  for (const entry of entries) {
    if (entry.type === 'file') needed += await takenBytes(entry, sharing)
  }
  if (needed > free) throw new PenstockError('disk-full', { path: dir, needed, free })
}
