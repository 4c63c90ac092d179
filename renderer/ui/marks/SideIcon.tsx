import type { LucideIcon } from 'lucide-react'
import { cx } from '../cx.ts'

const TONES = { good: 'text-good', bad: 'text-bad', quiet: 'text-ink-2' } as const

/** The icon beside the first line of a text. */
export function SideIcon({
  icon: Icon,
  size = 18,
  tone,
}: {
  readonly icon: LucideIcon
  readonly size?: number
  readonly tone: keyof typeof TONES
}) {
  return <Icon size={size} aria-hidden className={cx('mt-px shrink-0', TONES[tone])} />
}
