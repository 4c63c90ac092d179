import type { EngineSample } from '../../../native/index.ts'
import type { DontcacheReport } from '../../contract/report.ts'

/** The outcome of the option `dontcache`; null if it was not in effect, or `readwrite` moved nothing. */
export function dontcacheOf({
  uncached,
  bytesBy,
}: Pick<EngineSample, 'uncached' | 'bytesBy'>): DontcacheReport | null {
  const of = bytesBy.readwrite
  if (uncached === null || of === 0) return null
  // A part that was read for a range that another technique finished was not moved by this one.
  const bytes = Math.min(uncached.bytes, of)
  const { code = '', syscall = '' } = uncached
  return { bytes, of, why: bytes < of ? { code: 'dontcache-refused', params: { code, syscall } } : null }
}
