/**
 * A long name in two parts: the head gives way with an ellipsis, the tail always stays. The tail is the last characters,
 * an ending such as `.tar.gz` with some of the name before it.
 */
export function splitName(name: string, tailLength = 10): { readonly head: string; readonly tail: string } {
  const letters = [...name]
  if (letters.length <= tailLength * 2) return { head: name, tail: '' }
  return { head: letters.slice(0, -tailLength).join(''), tail: letters.slice(-tailLength).join('') }
}
