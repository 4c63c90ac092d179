/** Characters of a device's name, here and of others: longer ones are cut, so that lists stay readable everywhere. */
export const ALIAS_MAX = 64

/** A name without blanks around it, cut to {@link ALIAS_MAX} characters; empty where there is nothing but blanks. */
export function cutAlias(text: string): string {
  return Array.from(text.trim()).slice(0, ALIAS_MAX).join('').trim()
}

/** Whether a name can be one as it is. */
export function isAlias(text: string): boolean {
  return text !== '' && cutAlias(text) === text
}
