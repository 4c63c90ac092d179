import { segmentsOf } from '../../../main/messages/index.ts'

const letters = new Intl.Segmenter()

/** Splits a text into what a person sees as single letters. */
export function lettersOf(text: string): readonly string[] {
  return Array.from(letters.segment(text), ({ segment }) => segment)
}

export type Direction = 'ltr' | 'rtl'

/** Letters of scripts that are written from right to left. */
const RTL = /^[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** The direction of a character; null if it takes that of its neighbours. */
function strong(sign: string): Direction | null {
  if (!/^\p{L}/u.test(sign)) return null
  return RTL.test(sign) ? 'rtl' : 'ltr'
}

/** The direction of a text: that of its first letter. */
export function directionOf(text: string): Direction {
  const [first] = /\p{L}/u.exec(text) ?? []
  return (first === undefined ? null : strong(first)) ?? 'ltr'
}

/** Length of a name, in letters, that fits everywhere. */
const SHORT = 12

/** Letters that the tail may grow by to begin with a word. */
const REACH = 8

/** Where the tail begins: at a word or a path segment if one begins shortly before. */
function beginning(all: readonly string[], from: number, reach: number): number {
  for (let at = from; at >= Math.max(1, from - reach); at -= 1) {
    if (all[at] === '/' || all[at - 1]?.trim() === '') return at
  }
  return from
}

/**
 * The next position from `at` on outside a run against the direction of the text: the two halves of such a run would
 * swap places.
 */
function outsideRun(all: readonly string[], at: number, direction: Direction): number {
  const against = (sign: string | undefined): boolean => {
    const own = sign === undefined ? null : strong(sign)
    return own !== null && own !== direction
  }
  const before = all.slice(0, at).findLast((sign) => strong(sign) !== null)
  if (!against(before)) return at
  const end = all.findIndex((sign, index) => index >= at && strong(sign) === direction)
  const last = all.findLastIndex((sign, index) => index >= at && (end < 0 || index < end) && against(sign))
  return last < 0 ? at : last + 1
}

/** Width of a character in letters: a mark is spelled out. */
function widthOf(sign: string): number {
  return segmentsOf(sign)[0]?.mark === true ? sign.length : 1
}

/** How many characters at the end fit in this many letters; at least one. */
function fitting(all: readonly string[], room: number): number {
  let left = room
  let count = 0
  for (const sign of all.toReversed()) {
    left -= widthOf(sign)
    if (left < 0 && count > 0) break
    count += 1
  }
  return count
}

/**
 * A long visible name in two parts: the head can be shortened with an ellipsis, the tail always stays. The tail is the
 * last characters, for example an ending such as `.tar.gz` with part of the name before it. A mark is never cut.
 */
export function splitName(
  name: string,
  direction = directionOf(name),
  tailLength = 10,
): { readonly head: string; readonly tail: string } {
  const all = segmentsOf(name).flatMap(({ text, mark }) => (mark ? [text] : lettersOf(text)))
  if (all.length <= SHORT && !all.some((sign) => widthOf(sign) > 1)) return { head: name, tail: '' }
  const room = all.length > tailLength * 2 ? tailLength : Math.max(1, Math.floor(all.length / 4))
  const kept = fitting(all, room)
  const begun = beginning(all, all.length - kept, Math.min(REACH, kept))
  const at = outsideRun(all, begun, direction)
  return { head: all.slice(0, at).join(''), tail: all.slice(at).join('') }
}
