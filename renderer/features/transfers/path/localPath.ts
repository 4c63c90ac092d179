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
 * The path of a copy on this machine. With shared blocks nothing moves: both files refer to the same ones. Otherwise the
 * bytes move from page cache to page cache within the kernel; a file system in memory has no disk to read or write.
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
  // The file system chooses what copy_file_range does: the drawing waits for the result.
  const hop: ArrowKind =
    technique === 'copyfile' || technique === 'readwrite' || copies !== null ? 'cpu' : 'unknown'
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
