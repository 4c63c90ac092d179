import { randomFillSync } from 'node:crypto'
import { closeSync, mkdirSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const MIB = 1024 * 1024
const FILES_PER_FOLDER = 500

/** A file of random bytes, which no program can compress. */
export function makeFile(path: string, bytes: number): void {
  const piece = Buffer.alloc(16 * MIB)
  const file = openSync(path, 'w')
  for (let left = bytes; left > 0; left -= piece.length) {
    writeSync(file, randomFillSync(piece), 0, Math.min(left, piece.length))
  }
  closeSync(file)
}

/** A folder of `count` files; `sizeOf` gives the size of each. Returns the bytes of all. */
export function makeFiles(folder: string, count: number, sizeOf: (index: number) => number): number {
  const content = randomFillSync(Buffer.alloc(MIB))
  let bytes = 0
  for (let index = 0; index < count; index += 1) {
    const below = join(folder, `folder-${Math.floor(index / FILES_PER_FOLDER)}`)
    if (index % FILES_PER_FOLDER === 0) mkdirSync(below, { recursive: true })
    const size = sizeOf(index)
    const from = (index * 4099) % (MIB - size)
    writeFileSync(join(below, `file-${index}.bin`), content.subarray(from, from + size))
    bytes += size
  }
  return bytes
}

/** A file of `bytes` that is empty but for 1 MiB of content in each `every` bytes. Returns the content's bytes. */
export function makeSparse(path: string, bytes: number, every: number): number {
  const piece = randomFillSync(Buffer.alloc(MIB))
  const file = openSync(path, 'w')
  let content = 0
  for (let at = 0; at < bytes; at += every) content += writeSync(file, piece, 0, piece.length, at)
  closeSync(file)
  truncateSync(path, bytes)
  return content
}
