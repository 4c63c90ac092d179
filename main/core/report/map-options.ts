import type { EngineSample, MapOptionSample } from '../../../native/index.ts'
import type { MapOptionReport } from '../../contract/report.ts'
import type { Reason } from '../../contract/technique.ts'

/** Why an option was not applied, from the addon's code. */
function whyNot({ option, code = '', syscall = '' }: MapOptionSample): Reason {
  const params = { code, syscall }
  if (code === 'EOPNOTSUPP') return { code: 'map-option-unknown-here', params }
  // Kernels before 5.14 reject MADV_POPULATE_READ as unknown advice.
  if (option === 'populate' && code === 'EINVAL') return { code: 'map-populate-too-old', params }
  if (option === 'lock' && (code === 'ENOMEM' || code === 'EPERM')) return { code: 'map-lock-limit', params }
  return { code: 'map-option-refused', params }
}

/** The outcome of the options of `mmap`; null if nothing was mapped. */
export function mapOptionsOf({ mapped }: Pick<EngineSample, 'mapped'>): MapOptionReport[] | null {
  if (mapped.windows === 0) return null
  return mapped.options.map((sample) => ({
    option: sample.option,
    windows: sample.windows,
    of: mapped.windows,
    why: sample.windows < mapped.windows ? whyNot(sample) : null,
  }))
}
