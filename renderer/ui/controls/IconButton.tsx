import type { ComponentProps } from 'react'
import { cx } from '../cx.ts'
import { Tooltip } from '../Tooltip.tsx'

export interface IconButtonProps extends ComponentProps<'button'> {
  /** Its action, for the tooltip and for screen readers. */
  readonly label: string
  readonly framed?: boolean
}

export function IconButton({ label, framed = false, className, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <button
        type="button"
        aria-label={label}
        className={cx(
          'inline-flex size-7 shrink-0 items-center justify-center rounded-control text-ink-2 transition-colors duration-150 hover:bg-sunken hover:text-ink',
          framed && 'border border-control bg-surface text-ink',
          className,
        )}
        {...rest}
      >
        {children}
      </button>
    </Tooltip>
  )
}
