/**
 * Characters that are not seen, or that change how their neighbours are seen: controls, direction marks, zero-width characters,
 * line separators, fillers, tags, variation selectors, and surrogates without their other half.
 */
const HIDDEN =
  '\\p{Cc}\\p{Cs}\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f' +
  '\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}'

/** Spaces of every width. Three or more in a row can push the end of a name out of sight. */
const SPACES = '[ \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]{3,}'

/** Scripts that join letters by U+200C and U+200D. */
const JOINING = [
  'Arabic',
  'Syriac',
  'Nko',
  'Mongolian',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
]
  .concat(['Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar', 'Tibetan'])
  .map((script) => `\\p{Script=${script}}`)
  .join('')

/** Sequences in which such a character has its proper use, and shows. */
const PROPER = [
  // A flag of a region: a black flag, letters as tags, the end tag.
  '\\u{1f3f4}[\\u{e0061}-\\u{e007a}\\u{e0030}-\\u{e0039}]{2,6}\\u{e007f}',
  // Emoji, each with its presentation and skin, joined into one.
  '\\p{Extended_Pictographic}[\\ufe0e\\ufe0f]?\\p{EMod}?(?:\\u200d\\p{Extended_Pictographic}[\\ufe0e\\ufe0f]?\\p{EMod}?)*',
  // A key: a digit in a box.
  '[0-9#*]\\ufe0f\\u20e3',
  // A variant of an ideograph.
  '\\p{Ideographic}[\\u{e0100}-\\u{e01ef}]',
  // Between two letters of a script that joins them.
  `(?<=[${JOINING}]\\p{M}*)[\\u200c\\u200d](?=[${JOINING}])`,
].join('|')

const PATTERN = new RegExp(`(${PROPER})|(${SPACES})|[${HIDDEN}]`, 'gu')
const HIDDEN_CHARACTER = new RegExp(`[${HIDDEN}]`, 'gu')
/** Names without any of it, which most are. */
const PLAIN = /^(?: {0,2}[!-~\u00a1-\u00ac\u00ae-\u02ff\u4e00-\u9fff])* {0,2}$/u

/** A part of a visible name. */
export interface Segment {
  readonly text: string
  /** Stands for characters that would not be seen as they are. */
  readonly mark: boolean
}

function markOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`
}

/**
 * A name with everything in it shown: a character that is hidden or misleads becomes a mark such as ␊ or ‹U+202E›, a run of
 * spaces ‹␣×12›. Emoji, and joiners where a script needs them, stay. Applied twice it changes nothing more.
 */
export function visible(name: string): string {
  if (PLAIN.test(name)) return name
  return name.replace(PATTERN, (match, proper?: string, spaces?: string) => {
    if (proper !== undefined) return match
    return spaces === undefined ? markOf(match) : `‹␣×${match.length}›`
  })
}

const MARK = /([\u2400-\u2421]|‹(?:U\+[0-9A-F]{4,6}|␣×\d+)›)/u

/** A visible name cut at its marks, so that they can be styled. */
export function visibleSegments(name: string): readonly Segment[] {
  return visible(name)
    .split(MARK)
    .map((text, index) => ({ text, mark: index % 2 === 1 }))
    .filter(({ text }) => text !== '')
}

/** JSON text with every hidden character escaped, so that it can be shown on a terminal. It parses to the same value. */
export function escapeHidden(json: string): string {
  return json.replace(HIDDEN_CHARACTER, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      const unit = character.charCodeAt(at).toString(16).padStart(4, '0')
      return `\\u${unit}`
    }).join(''),
  )
}
