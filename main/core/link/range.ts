/** A part of a file: from the first byte to before the last. */
export interface Part {
  readonly from: number
  readonly to: number
}

/**
 * The part that a Range header asks for; null for the whole file (no header, another unit, several ranges), `unsatisfiable` if
 * it lies outside. RFC 9110 §14.
 */
export function partOf(header: string | undefined, size: number): Part | null | 'unsatisfiable' {
  const [, first = '', last = ''] = /^bytes=\s*(\d{0,16})-(\d{0,16})\s*$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return null
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size }
  }
  const from = Number(first)
  const to = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < from) return null
  return from < size ? { from, to } : 'unsatisfiable'
}
