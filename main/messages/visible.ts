/** A part of a visible name. `mark`: it represents characters that a screen would not show. */
export interface Segment {
  readonly text: string
  readonly mark: boolean
}

// Signs that Unicode counts among the format characters although they are drawn.
const DRAWN = String.raw`[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]`
/** Controls, direction marks, zero-width characters, fillers, tags, selectors, separators of lines, lone surrogates. */
const HIDDEN = String.raw`[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}]--${DRAWN}]`
const BLANK = String.raw`[\p{Zs}\u2800]`
/** A run of blanks from this length on can push the end of a name out of sight. */
const LONG_RUN = 3

const MARK = String.raw`[\u2400-\u2421]|\u2039(?:␣|U\+[0-9A-F]{4,6})(?:×\d+)?\u203a`

// One joiner within a word, where it decides how letters are joined.
const JOINER = String.raw`[\u200c\u200d]`
/** Vowel signs that can stand between a letter and its joiner. */
const VOWEL_SIGNS = 8
const JOINED_SCRIPTS = ['Arab', 'Syrc', 'Mand', 'Nkoo', 'Phag', 'Adlm', 'Rohg'] as const
const VIRAMA = String.raw`[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]`
const INDIC = String.raw`[\p{sc=Deva}\p{sc=Beng}\p{sc=Guru}\p{sc=Gujr}\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Sinh}]`
// One selector after a sign that has several forms.
const VARIANTS = [
  { letter: String.raw`[\p{L}&&\p{sc=Mong}]`, selector: String.raw`[\u180b-\u180d\u180f]` },
  { letter: String.raw`\p{Ideographic}`, selector: String.raw`[\u{e0100}-\u{e01ef}]` },
] as const
const KEPT = [
  ...JOINED_SCRIPTS.map((script) => {
    const letter = String.raw`[\p{L}&&\p{sc=${script}}]`
    return String.raw`${JOINER}(?<=${letter}[\p{M}--${HIDDEN}]{0,${String(VOWEL_SIGNS)}}${JOINER})(?=${letter})`
  }),
  String.raw`${JOINER}(?<=${VIRAMA}${JOINER})(?!${HIDDEN})`,
  String.raw`${JOINER}(?<=[\p{L}&&${INDIC}]${JOINER})(?=${VIRAMA})`,
  ...VARIANTS.map(({ letter, selector }) => `${selector}(?<=${letter}${selector})(?!${HIDDEN})`),
]

const PICTURE = String.raw`\p{ExtPict}[\ufe0e\ufe0f\p{EMod}]?`
/** The longest sequence of emoji in use has four pictures. */
const JOINED_PICTURES = String.raw`${PICTURE}(?:\u200d${PICTURE}){0,4}`

const SPECIAL = new RegExp(
  [
    // Flags of regions first: they begin with a picture.
    String.raw`(?<kept>\p{RGI_Emoji_Tag_Sequence}|\p{Emoji_Keycap_Sequence}|${KEPT.join('|')})`,
    `(?<emoji>${JOINED_PICTURES})`,
    String.raw`(?<hidden>(?<one>${HIDDEN})\k<one>*)`,
    `(?<blanks>${BLANK}{${String(LONG_RUN)},}|^${BLANK}+|${BLANK}+$)`,
  ].join('|'),
  'gv',
)
const ANY_SPECIAL = new RegExp(`${HIDDEN}|^${BLANK}|${BLANK}$|${BLANK}{${String(LONG_RUN)}}`, 'v')
const EMOJI = new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v')
const RUN = /(.)\1*/gsu
const MARKS = new RegExp(`(${MARK})`, 'v')
const NOT_PRINTED = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** A run of one character: `␊␊`, `‹U+202E›`, `‹␣×40›`. */
function mark(run: string): string {
  const code = run.codePointAt(0) ?? 0
  const count = run.length / (code > 0xffff ? 2 : 1)
  if (code < 0x20) return String.fromCodePoint(0x2400 + code).repeat(count)
  if (code === 0x7f) return '\u2421'.repeat(count)
  const name = code === 0x20 ? '␣' : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return `\u2039${name}${count > 1 ? `×${String(count)}` : ''}\u203a`
}

/** The sequence with a selector after each picture that needs one, as Unicode lists it. */
function qualified(sequence: string): string {
  return sequence
    .split('\u200d')
    .map((picture) => {
      const bare = picture.replace(/[\ufe0e\ufe0f]/u, '')
      return /\p{Emoji_Presentation}|\p{Emoji_Modifier}/u.test(bare) ? bare : `${bare}\ufe0f`
    })
    .join('\u200d')
}

/** Pictures are joined only if Unicode lists them as one; elsewhere a joiner would not show. */
function emoji(sequence: string): string {
  if (!sequence.includes('\u200d') || EMOJI.test(qualified(sequence))) return sequence
  const [first = ''] = sequence.split('\u200d')
  return first + visible(sequence.slice(first.length))
}

/**
 * A name with a mark such as ␊ or ‹U+202E› for every character that a screen would not show or that would move others.
 * Blanks at either end get one too, and runs of three and more. Joiners and selectors stay where writing needs them: in an
 * emoji that Unicode lists, between letters of a script that joins them, beside an Indic virama.
 *
 * Applied to its own result it changes nothing. Two names look different unless one of them contains such a mark itself.
 * The time is linear in the length.
 */
export function visible(name: string): string {
  // Nearly every name has none, and the search for each kind takes longer.
  if (!ANY_SPECIAL.test(name)) return name
  let shown = ''
  let from = 0
  for (const match of name.matchAll(SPECIAL)) {
    shown += name.slice(from, match.index) + spelled(match[0], match.groups ?? {})
    from = match.index + match[0].length
  }
  return shown + name.slice(from)
}

/** What is shown of a part that {@link SPECIAL} found. */
function spelled(part: string, groups: Readonly<Record<string, string | undefined>>): string {
  if (groups['emoji'] !== undefined) return emoji(part)
  if (groups['hidden'] !== undefined) return mark(part)
  return groups['blanks'] === undefined ? part : part.replace(RUN, mark)
}

/** A text that {@link visible} returned, cut at its marks. */
export function segmentsOf(visibleText: string): readonly Segment[] {
  return visibleText
    .split(MARKS)
    .map((text, index) => ({ text, mark: index % 2 === 1 }))
    .filter(({ text }) => text !== '')
}

/** What {@link visible} returns, cut at its marks. */
export function visibleSegments(name: string): readonly Segment[] {
  return segmentsOf(visible(name))
}

/** JSON text in which every character that a terminal would not print is escaped; it parses to the same value. */
export function escapeHidden(json: string): string {
  return json.replace(NOT_PRINTED, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}
