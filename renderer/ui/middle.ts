const letters = new Intl.Segmenter()

/** What a person sees as one letter each. */
export function lettersOf(text: string): readonly string[] {
  return Array.from(letters.segment(text), ({ segment }) => segment)
}

/** Letters up to which a name has room everywhere. */
const SHORT = 12

/**
 * A long name in two parts: the head gives way with an ellipsis, the tail always stays. The tail is the last characters,
 * an ending such as `.tar.gz` with some of the name before it.
 */
export function splitName(name: string, tailLength = 10): { readonly head: string; readonly tail: string } {
  const all = lettersOf(name)
  if (all.length <= SHORT) return { head: name, tail: '' }
  const kept = all.length > tailLength * 2 ? tailLength : Math.floor(all.length / 4)
  return { head: all.slice(0, -kept).join(''), tail: all.slice(-kept).join('') }
}
