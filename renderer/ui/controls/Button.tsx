import type { ComponentProps } from 'react'
import { cx } from '../cx.ts'

const LOOKS = {
  primary: 'bg-accent text-on-accent border-accent font-semibold hover:brightness-110',
  plain: 'bg-surface text-ink border-control font-medium hover:bg-sunken',
  quiet: 'bg-transparent text-ink border-transparent hover:bg-sunken',
  link: 'bg-transparent text-accent border-transparent font-medium hover:bg-sunken',
  danger: 'bg-surface text-bad border-control font-medium hover:bg-bad-soft',
} as const

export interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: keyof typeof LOOKS
  readonly size?: 'normal' | 'small'
}

export function Button({ look = 'plain', size = 'normal', className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(
        'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-control border whitespace-nowrap transition-[filter,background-color] duration-150 disabled:opacity-50',
        size === 'normal' ? 'h-8 px-3 text-sm' : 'h-7 px-2.5 text-xs',
        LOOKS[look],
        className,
      )}
      {...rest}
    />
  )
}
