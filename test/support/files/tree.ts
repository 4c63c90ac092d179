import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readlink, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One line an entry: path, type, mode, mtime in nanoseconds, and content; equal lists are equal trees. */
export async function describeTree(root: string, relative = ''): Promise<string[]> {
  const lines: string[] = []
  for (const name of (await readdir(join(root, relative))).sort()) {
    const path = relative === '' ? name : `${relative}/${name}`
    const stat = await lstat(join(root, path), { bigint: true })
    const mode = (Number(stat.mode) & 0o777).toString(8)
    if (stat.isSymbolicLink()) lines.push(`${path} link ${await readlink(join(root, path))}`)
    else if (stat.isDirectory()) {
      lines.push(`${path}/ ${mode} ${String(stat.mtimeNs)}`, ...(await describeTree(root, path)))
    } else lines.push(`${path} ${mode} ${String(stat.mtimeNs)} ${await hashOf(join(root, path))}`)
  }
  return lines
}

/** SHA-256 of a file, in hexadecimal. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

/** Content that differs at every place, so that a lost or moved range is seen. */
export function patterned(bytes: number, seed = 1): Buffer {
  const buffer = Buffer.alloc(bytes)
  let state = seed >>> 0 || 1
  for (let at = 0; at + 4 <= bytes; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    buffer.writeUInt32LE(state, at)
  }
  return buffer
}

/** A folder with what users have: awkward names, empty files and folders, links, odd modes and times. */
export async function makeTree(root: string, options: { readonly large?: number } = {}): Promise<void> {
  await mkdir(join(root, '照片 2026/空文件夹'), { recursive: true })
  await mkdir(join(root, 'deep/a/b/c/d'), { recursive: true })
  await mkdir(join(root, 'read only'), { recursive: true })
  await writeFile(join(root, 'empty'), '')
  await writeFile(join(root, 'one byte'), 'x')
  await writeFile(join(root, '照片 2026/图 1 😀.bin'), patterned(70_001))
  await writeFile(join(root, 'deep/a/b/c/d/page'), patterned(4096))
  await writeFile(join(root, 'deep/a/b/c/d/page+1'), patterned(4097))
  await writeFile(join(root, 'large'), patterned(options.large ?? 20 * 1024 * 1024 + 1))
  await writeFile(join(root, 'read only/kept.sh'), '#!/bin/sh\n', { mode: 0o755 })
  for (let index = 0; index < 200; index++) {
    await writeFile(join(root, `deep/small ${String(index)}.txt`), patterned(index * 37, index + 1))
  }
  await symlink('large', join(root, 'link to large'))
  await symlink('../照片 2026', join(root, 'deep/up and down'))
  await utimes(join(root, 'empty'), new Date(0), new Date('2001-02-03T04:05:06.789Z'))
  await chmod(join(root, 'read only'), 0o555)
}
