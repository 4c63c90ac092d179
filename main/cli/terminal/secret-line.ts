/** A line without echo, after the keys typed so far. */
export type SecretLine =
  | { readonly kind: 'typing' | 'done'; readonly text: string }
  /** Ctrl-C, or Ctrl-D on an empty line. */
  | { readonly kind: 'interrupted' | 'ended' }

/** Characters beyond this number are dropped: no secret is as long. */
const LIMIT = 1024

/** Escape sequences of keys such as the arrows, and the markers of pasted text. */
const SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?/gsu

/**
 * Adds keys to a line, as a terminal in raw mode delivers them: Backspace removes a character, Ctrl-U and Ctrl-W remove all
 * of them, Enter ends the line. Keys after the end are dropped.
 */
export function typeSecret(before: string, keys: string): SecretLine {
  const characters = Array.from(before)
  for (const key of keys.replace(SEQUENCES, '')) {
    switch (key) {
      case '\r':
      case '\n':
        return { kind: 'done', text: characters.join('') }
      case '\x03':
        return { kind: 'interrupted' }
      case '\x04':
        return characters.length === 0 ? { kind: 'ended' } : { kind: 'done', text: characters.join('') }
      case '\b':
      case '\x7f':
        characters.pop()
        break
      case '\x15':
      case '\x17':
        characters.length = 0
        break
      default:
        if (!/\p{Cc}/u.test(key) && characters.length < LIMIT) characters.push(key)
    }
  }
  return { kind: 'typing', text: characters.join('') }
}
