import type { CopyCount } from '../../../../main/contract/report.ts'
import type { Technique } from '../../../../main/contract/technique.ts'
import type { Arrow, ArrowKind, BoxId, BytePath } from './bytePath.ts'

function chain(boxes: readonly BoxId[], kinds: readonly ArrowKind[]): readonly Arrow[] {
  return kinds.flatMap((kind, at) => {
    const [from, to] = [boxes[at], boxes[at + 1]]
    return from === undefined || to === undefined ? [] : [{ from, kind, to }]
  })
}

/**
 * The path of a copy on this machine. Where blocks are shared nothing moves: both files name the same ones. Else the bytes
 * go from page cache to page cache within the kernel; a file system in memory has no disk to read from or write to.
 */
export function localPath(technique: Technique | null, copies: CopyCount | null): BytePath {
  const facts = { role: 'sender', user: [], copies, cipherPasses: 0 } as const
  if (technique === 'clone' || copies?.cpu === 0) {
    const kernel: readonly BoxId[] = ['disk', 'copy']
    return { ...facts, kernel, arrows: chain(kernel, ['shared']), caption: 'shared' }
  }
  const inMemory = (side: 'source' | 'target'): boolean =>
    copies?.rule.kind === 'copy' && copies.rule[side] === 'memory'
  const kernel: readonly BoxId[] = [
    ...(inMemory('source') ? [] : (['disk'] as const)),
    'cache',
    'copyCache',
    ...(inMemory('target') ? [] : (['copy'] as const)),
  ]
  // What copy_file_range does is for the file system to choose: it is drawn once it is known.
  const hop: ArrowKind = technique === 'copyfile' || copies !== null ? 'cpu' : 'unknown'
  const kinds: readonly ArrowKind[] = [
    ...(inMemory('source') ? [] : (['dma'] as const)),
    hop,
    ...(inMemory('target') ? [] : (['dma'] as const)),
  ]
  return {
    ...facts,
    kernel,
    arrows: chain(kernel, kinds),
    caption: hop === 'cpu' ? 'copied' : 'byFileSystem',
  }
}
