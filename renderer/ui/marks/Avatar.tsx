import { visibleSegments } from '../../../main/messages/index.ts'
import { cx } from '../cx.ts'
import { lettersOf } from '../text/middle.ts'

/** Two letters of a name: of its first two words, or the first character of a Chinese name. */
export function initials(name: string): string {
  const words = visibleSegments(name)
    .map(({ text, mark }) => (mark ? ' ' : text))
    .join('')
    .trim()
    .split(/[\s._-]+/u)
    .filter((word) => word !== '')
  const [first = '?', second] = words
  const [sign = '?', next = ''] = lettersOf(first)
  if (/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(sign)) return sign
  const [other] = lettersOf(second ?? '')
  return `${sign}${other ?? next}`.toUpperCase()
}

/** A neutral square with the initials of a device. */
export function Avatar({ name, raised = false }: { readonly name: string; readonly raised?: boolean }) {
  return (
    <span
      aria-hidden
      className={cx(
        'flex size-8 shrink-0 items-center justify-center rounded-control text-xs font-semibold text-ink',
        raised ? 'bg-surface' : 'bg-sunken',
      )}
    >
      {initials(name)}
    </span>
  )
}
