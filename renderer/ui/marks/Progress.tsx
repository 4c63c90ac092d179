import { Progress as Radix } from 'radix-ui'
import { cx } from '../cx.ts'

/** A progress bar; null if the share is unknown. */
export function Progress({
  value,
  label,
  quiet = false,
}: {
  readonly value: number | null
  readonly label: string
  readonly quiet?: boolean
}) {
  return (
    <Radix.Root
      value={value === null ? null : Math.round(value * 100)}
      aria-label={label}
      className="h-1.5 w-full overflow-hidden rounded-full bg-sunken"
    >
      <Radix.Indicator
        className={cx('h-full origin-left rounded-full', quiet ? 'bg-ink-3' : 'bg-accent')}
        style={{ width: `${String((value ?? 0) * 100)}%` }}
      />
    </Radix.Root>
  )
}
