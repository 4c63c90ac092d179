import { addon } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Slice } from '../api.ts'
import { entriesOf } from './entries.ts'
import type { Source } from './walk.ts'

/** Digits in the number of a slice, so that names sort in the order of sending. */
const DIGITS = 6

/**
 * Replaces the only file that was found by its slices, one entry each, in the order given.
 * @throws PenstockError `nothing-to-send` if there is no such file; `file-shrank` if a slice lies outside it
 */
export function slicesOf({ manifest: whole, notDelivered, notes }: Source, slices: readonly Slice[]): Source {
  const [file] = entriesOf(whole.entries(0, 1))
  if (file?.type !== 'file' || slices.length === 0) throw new PenstockError('nothing-to-send')
  const { path, absolutePath, size, mode, mtimeNs } = file
  const manifest = addon.createManifest()
  manifest.addFiles(
    slices.map(({ offset, length }, index) => {
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
        throw new PenstockError('file-shrank', { path })
      }
      const name = `${path}.${String(index).padStart(DIGITS, '0')}`
      return { path: absolutePath, name, size: length, mode, mtimeNs, offset }
    }),
  )
  return { manifest, notDelivered, notes, search: () => Promise.resolve() }
}
