import { PenstockError } from '../../contract/errors.ts'
import type { Slice } from '../api.ts'
import type { SourceEntry, Walked } from './walk.ts'

/** Digits in the number of a slice, so that names sort in the order of sending. */
const DIGITS = 6

/**
 * Replaces the only file that was walked by its slices, one entry each, in the order given.
 * @throws PenstockError `nothing-to-send` if there is no such file; `file-shrank` if a slice lies outside it
 */
export function slicesOf(walked: Walked, slices: readonly Slice[]): Walked {
  const [file] = walked.entries
  if (file?.type !== 'file' || slices.length === 0) throw new PenstockError('nothing-to-send')
  const entries = slices.map(({ offset, length }, index): SourceEntry => {
    if (!(offset >= 0 && length >= 0 && offset + length <= file.size)) {
      throw new PenstockError('file-shrank', { path: file.path })
    }
    return {
      ...file,
      index,
      path: `${file.path}.${String(index).padStart(DIGITS, '0')}`,
      size: length,
      offset,
    }
  })
  const bytes = entries.reduce((sum, { size }) => sum + size, 0)
  return {
    entries,
    notDelivered: walked.notDelivered,
    totals: { files: entries.length, directories: 0, symlinks: 0, bytes },
  }
}
