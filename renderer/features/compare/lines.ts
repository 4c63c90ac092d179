/** Scripts that are written without spaces, whose lines may end after any character. */
const UNSPACED = '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}'
const OPENING = '\\p{Ps}\\p{Pi}'

/**
 * What no line ends within: a character of such a script, or a run of others, with the punctuation that belongs to it and
 * the spaces after it.
 */
const PIECE = new RegExp(
  `[${OPENING}]*(?:[${UNSPACED}]|[^\\s${UNSPACED}（《「『【〈“‘]+)[\\p{Pe}\\p{Pf}\\p{Po}]*\\s*|\\S`,
  'gu',
)

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Text in lines that fit, broken at spaces and between Chinese characters; a name that is wider than a line is cut where
 * one is full. One character is never cut, so that a line of it alone may not fit.
 */
export function linesOf(text: string, fits: (line: string) => boolean): readonly string[] {
  const lines: string[] = []
  let line = ''
  const add = (part: string): boolean => {
    if (line !== '' && !fits((line + part).trimEnd())) return false
    line += part
    return true
  }
  const next = (): void => {
    if (line.trimEnd() !== '') lines.push(line.trimEnd())
    line = ''
  }
  for (const piece of text.match(PIECE) ?? []) {
    if (fits((line + piece).trimEnd())) {
      line += piece
      continue
    }
    if (fits(piece.trimEnd())) next()
    for (const { segment } of graphemes.segment(piece)) {
      if (add(segment)) continue
      next()
      add(segment)
    }
  }
  next()
  return lines
}
