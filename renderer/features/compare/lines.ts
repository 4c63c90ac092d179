/** Scripts without spaces between words, whose lines may break after any character. */
const UNSPACED = '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}'
const OPENING = '\\p{Ps}\\p{Pi}'

/**
 * Text that a line break does not divide: a character of such a script, or a run of others, with its punctuation and
 * the spaces after it.
 */
const PIECE = new RegExp(
  `[${OPENING}]*(?:[${UNSPACED}]|[^\\s${UNSPACED}（《「『【〈“‘]+)[\\p{Pe}\\p{Pf}\\p{Po}]*\\s*|\\S`,
  'gu',
)

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Breaks text into lines that fit, at spaces and between Chinese characters; cuts a name that is wider than a line.
 * A single character is never cut, so a line of one character may be too wide.
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
