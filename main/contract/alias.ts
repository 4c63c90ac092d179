/** Most characters of a device's name. Longer names, of this and other devices, are cut so that lists stay readable. */
export const ALIAS_MAX = 64

/** The name trimmed and cut to {@link ALIAS_MAX} characters; empty if it consists of blanks. */
export function cutAlias(text: string): string {
  return Array.from(text.trim()).slice(0, ALIAS_MAX).join('').trim()
}

/** Whether a name is valid without changes. */
export function isAlias(text: string): boolean {
  return text !== '' && cutAlias(text) === text
}
