const letters = new Intl.Segmenter()

/** What a person sees as one letter each. */
export function lettersOf(text: string): readonly string[] {
  return Array.from(letters.segment(text), ({ segment }) => segment)
}

/** Letters up to which a name has room everywhere. */
const SHORT = 12

/** Letters that the tail may grow by to begin with a word. */
const REACH = 8

/** Where the tail begins: with a word or a name in a path, where one begins close before. */
function beginning(all: readonly string[], from: number, reach: number): number {
  for (let at = from; at >= Math.max(1, from - reach); at -= 1) {
    if (all[at] === '/' || all[at - 1]?.trim() === '') return at
  }
  return from
}

/**
 * A long name in two parts: the head gives way with an ellipsis, the tail always stays. The tail is the last characters,
 * an ending such as `.tar.gz` with some of the name before it.
 */
export function splitName(name: string, tailLength = 10): { readonly head: string; readonly tail: string } {
  const all = lettersOf(name)
  if (all.length <= SHORT) return { head: name, tail: '' }
  const kept = all.length > tailLength * 2 ? tailLength : Math.floor(all.length / 4)
  const at = beginning(all, all.length - kept, Math.min(REACH, kept))
  return { head: all.slice(0, at).join(''), tail: all.slice(at).join('') }
}
