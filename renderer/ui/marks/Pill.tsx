import type { ReactNode } from 'react'
import { cx } from '../cx.ts'

const TONES = {
  plain: 'bg-sunken text-ink font-medium',
  strong: 'bg-sunken text-ink font-semibold',
  accent: 'bg-accent-soft text-accent font-semibold',
  cpu: 'bg-cpu-soft text-cpu-ink font-semibold',
  dma: 'bg-dma-soft text-dma font-semibold',
  cipher: 'bg-cipher-soft text-cipher-ink font-semibold',
  outline: 'border border-line text-ink-3',
} as const

export type PillTone = keyof typeof TONES

export function Pill({
  tone = 'plain',
  children,
  ...rest
}: {
  readonly tone?: PillTone
  readonly children: ReactNode
  readonly 'data-testid'?: string
}) {
  return (
    <span
      className={cx(
        'inline-flex h-6 shrink-0 items-center rounded-control px-2 text-xs whitespace-nowrap',
        TONES[tone],
      )}
      {...rest}
    >
      {children}
    </span>
  )
}
