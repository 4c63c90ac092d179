import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readlink, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { writeBigFile } from '../../core/index.ts'

const MEBIBYTE = 1024 * 1024

/** What the demonstration sends. */
export const DEMO_TREE = { bigBytes: 256 * MEBIBYTE, smallFiles: 500 } as const

export interface DemoTotals {
  readonly files: number
  readonly bytes: number
}

/**
 * Creates a typical folder: one large file, many small ones, names in several scripts, empty folders, an empty file, modes,
 * old times and links. `root` must not exist.
 */
export async function makeTree(
  root: string,
  shape: { readonly bigBytes: number; readonly smallFiles: number },
  signal: AbortSignal,
): Promise<DemoTotals> {
  await mkdir(root)
  let files = 0
  let bytes = 0
  const write = async (path: string, content: Buffer): Promise<void> => {
    await writeFile(join(root, path), content)
    files += 1
    bytes += content.length
  }
  for (const folder of [
    'small files',
    '照片',
    '照片/2024 年',
    '空文件夹',
    'empty',
    'empty/inside',
    '🎵 music',
  ]) {
    await mkdir(join(root, folder))
  }
  await writeBigFile(join(root, 'film.mkv'), shape.bigBytes, signal)
  files += 1
  bytes += shape.bigBytes
  for (let index = 0; index < shape.smallFiles; index += 1) {
    signal.throwIfAborted()
    await write(`small files/note ${String(index).padStart(3, '0')}.txt`, randomBytes((index * 37) % 9000))
  }
  await write('照片/2024 年/西湖 🌅.jpg', randomBytes(3 * MEBIBYTE + 17))
  await write('照片/说明.txt', Buffer.from('拍摄于西湖\n'))
  await write('🎵 music/Ünïcode – “quotes” & spaces.ogg', randomBytes(MEBIBYTE))
  await write('empty file', Buffer.alloc(0))
  await write('run.sh', Buffer.from('#!/bin/sh\necho penstock\n'))
  await chmod(join(root, 'run.sh'), 0o755)
  await chmod(join(root, '照片/说明.txt'), 0o600)
  await utimes(join(root, '照片/说明.txt'), 1_000_000_000, 981_173_106.789)
  await symlink('film.mkv', join(root, 'latest film'))
  await symlink('照片/2024 年', join(root, '最近'))
  await symlink('missing', join(root, 'small files/dangling'))
  await utimes(join(root, 'empty'), 1_100_000_000, 1_100_000_000.25)
  return { files, bytes }
}

async function contentHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: MEBIBYTE }), hash)
  return hash.digest('hex')
}

/** Everything that must arrive of one entry, as text to compare. */
async function describe(path: string): Promise<{ readonly text: string; readonly folder: boolean }> {
  const stat = await lstat(path, { bigint: true })
  const time = `mtime ${stat.mtimeNs}`
  const mode = `mode ${(stat.mode & 0o7777n).toString(8)}`
  if (stat.isSymbolicLink()) return { text: `link → ${await readlink(path)}, ${time}`, folder: false }
  if (stat.isDirectory()) return { text: `folder, ${mode}, ${time}`, folder: true }
  return { text: `file, ${stat.size} bytes, ${mode}, ${time}, ${await contentHash(path)}`, folder: false }
}

/**
 * Compares two trees in names, types, content, modes, times to the nanosecond and links; returns one line per difference.
 */
export async function compareTrees(left: string, right: string): Promise<string[]> {
  const differences: string[] = []
  const visit = async (relative: string): Promise<void> => {
    const [a, b] = await Promise.all([describe(join(left, relative)), describe(join(right, relative))])
    if (a.text !== b.text) differences.push(`${relative || '.'}: ${a.text} / ${b.text}`)
    if (!a.folder || !b.folder) return
    const [names, others] = await Promise.all([readdir(join(left, relative)), readdir(join(right, relative))])
    for (const name of [...new Set([...names, ...others])].sort()) {
      const path = join(relative, name)
      if (!others.includes(name)) differences.push(`${path}: missing`)
      else if (!names.includes(name)) differences.push(`${path}: too many`)
      else await visit(path)
    }
  }
  await visit('')
  return differences
}
