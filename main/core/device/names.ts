/** What two names share that a person reads as the same: case, width, blanks and hidden characters do not count. */
export function nameKey(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replaceAll(/[\p{Zs}\p{Zl}\p{Zp}\u2800]+/gu, ' ')
    .trim()
    .toLowerCase()
}
