import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { SourceEntry } from '../../../main/core/source/entries.ts'

/** Names that are sent on every POSIX system, and that no text treats alike. */
const NAMES = [
  'a',
  'B',
  'z',
  'é',
  'e\u0301',
  '数据',
  '🚀',
  '"',
  '\\',
  "'",
  ' x',
  'x ',
  '.h',
  '-r',
  '%41',
  'a.b',
  '~',
  '\u2028',
  '#',
]

const DEPTH = 4
const WIDTH = 6

/** Makes a tree of files, folders and links in an empty folder. */
export function makeTree(folder: string, chance: () => number, depth = DEPTH): void {
  const pick = <T>(items: readonly T[], otherwise: T): T =>
    items[Math.floor(chance() * items.length)] ?? otherwise
  const names = new Set(Array.from({ length: Math.floor(chance() * WIDTH) }, () => pick(NAMES, 'a')))
  const seconds = (): number => Math.floor((chance() - 0.3) * 4e9)
  for (const name of names) {
    const path = join(folder, name)
    const kind = chance()
    if (kind < 0.35 && depth > 0) {
      mkdirSync(path)
      makeTree(path, chance, depth - 1)
      utimesSync(path, seconds(), seconds())
    } else if (kind < 0.5) {
      symlinkSync(pick(['a', './B', 'z/é', 'missing', '.'], 'a'), path)
    } else {
      writeFileSync(path, 'x'.repeat(Math.floor(chance() ** 4 * 20_000)), {
        mode: 0o400 + Math.floor(chance() * 0o377),
      })
      utimesSync(path, seconds(), seconds() + 0.25)
    }
  }
}

/** An entry with what it occupies on its disk. */
export type SeenEntry = Omit<SourceEntry, 'index'> & { readonly allocatedBytes: number }

/** What Node sees of a tree, in the order of a walk. */
export function treeByNode(absolutePath: string, path: string, root?: string): readonly SeenEntry[] {
  const facts = lstatSync(absolutePath, { bigint: true })
  const common = {
    ...{ path, absolutePath, mode: Number(facts.mode & 0o7777n), mtimeNs: facts.mtimeNs },
    ...(root === undefined ? {} : { root }),
  }
  if (facts.isSymbolicLink())
    return [{ ...common, type: 'symlink', size: 0, allocatedBytes: 0, target: readlinkSync(absolutePath) }]
  if (facts.isFile())
    return [{ ...common, type: 'file', size: Number(facts.size), allocatedBytes: Number(facts.blocks) * 512 }]
  const names = readdirSync(absolutePath).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const below = names.flatMap((name) =>
    treeByNode(join(absolutePath, name), `${path}/${name}`, root ?? absolutePath),
  )
  return [{ ...common, type: 'directory', size: 0, allocatedBytes: 0 }, ...below]
}
