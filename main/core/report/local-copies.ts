import type { CopyCount, CopyRule, CopyWay } from '../../contract/report.ts'
import type { CopyTechnique } from '../../contract/technique.ts'
import { IN_MEMORY } from './copies.ts'

/** What the model needs about a copy on this machine. */
export interface LocalCopyFacts {
  /** Bytes by technique, without holes. */
  readonly bytesBy: Readonly<Record<CopyTechnique, number>>
  /** Bytes of `copyrange` that came from another device. */
  readonly rangeAcrossBytes: number
  /** Whether a test showed that files in the target share blocks. */
  readonly sharesBlocks: boolean
  /** File systems by name, e.g. `ext4`. */
  readonly sourceType: string
  readonly targetType: string
}

/** File systems of another machine or process, whose copies are not visible here. */
const ELSEWHERE: readonly string[] = ['nfs', 'cifs', 'smb2', 'fuse', '9p']

/** CPU copies per byte of copy_file_range; null if no rule applies. */
function rangeCopies(facts: LocalCopyFacts): number | null {
  if (ELSEWHERE.includes(facts.targetType)) return null
  if (!facts.sharesBlocks) return 1
  // Whether two devices share blocks (two subvolumes may) is not known.
  return facts.rangeAcrossBytes === 0 ? 0 : null
}

/**
 * Copies per byte of a copy on this machine, derived; the mean over all techniques that carried bytes. A clone copies
 * nothing. `copyrange` shares blocks if the file system does, as tested in the target, and otherwise copies once within the
 * kernel; `copyfile` copies once, `readwrite` twice. Copied data is read and written by DMA (cached pages are not read), except on file systems
 * in memory. Null if nothing moved or no rule applies.
 */
export function countLocalCopies(facts: LocalCopyFacts): CopyCount | null {
  const { clone, copyrange, copyfile, readwrite } = facts.bytesBy
  const all = clone + copyrange + copyfile + readwrite
  if (all === 0) return null
  const perRange = copyrange === 0 ? 0 : rangeCopies(facts)
  if (perRange === null) return null
  const copied = copyfile + copyrange * perRange
  const fromMemory = IN_MEMORY.includes(facts.sourceType)
  const toMemory = IN_MEMORY.includes(facts.targetType)
  const perCopied = (fromMemory ? 0 : 1) + (toMemory ? 0 : 1)
  const ways: CopyWay[] = []
  if (clone > 0) ways.push('clone-shares-blocks')
  if (copyrange > 0) ways.push(perRange === 0 ? 'copyrange-shares-blocks' : 'copyrange-in-kernel')
  if (copyfile > 0) ways.push('sendfile-file-to-file')
  if (readwrite > 0) ways.push('read-write-file-to-file')
  const rule: CopyRule = {
    kind: 'copy',
    ways,
    source: fromMemory ? 'memory' : 'disk',
    target: toMemory ? 'memory' : 'disk',
  }
  const rounded = (value: number): number => Math.round(value * 100) / 100
  return {
    cpu: rounded((copied + 2 * readwrite) / all),
    dma: rounded(((copied + readwrite) / all) * perCopied),
    cipherPasses: 0,
    rule,
  }
}
