import { Check } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'
import { cx } from '../cx.ts'

/** One of the values that a control offers. */
export interface Option<T extends string> {
  readonly value: T
  /** A visible text. */
  readonly text: string
  /** A second, quieter line. */
  readonly note?: string
  readonly disabled?: boolean
}

/** Where a list of options opens beside its control, and its look but for `classes`. */
export function listPlace(...classes: readonly string[]) {
  const className = cx('z-50 animate-fade rounded-control border border-line bg-surface', ...classes)
  return { sideOffset: 4, collisionPadding: 8, className }
}

export const ITEM_LOOK =
  'flex gap-2 rounded-[6px] py-1.5 text-sm outline-none data-disabled:text-ink-3 data-highlighted:bg-accent-soft'

/** Calls `onChange` with the option of the value that a control reports. */
export function chooser<T extends string>(
  options: readonly Option<T>[],
  onChange: (value: T) => void,
): (value: string) => void {
  return (value) => {
    const option = options.find((one) => one.value === value)
    if (option) onChange(option.value)
  }
}

/** What an item of a list shows: a tick if it is chosen, its text and its note. */
export function OptionRow({
  indicator: Indicator,
  note,
  children,
}: {
  readonly indicator: ComponentType<{ readonly children: ReactNode }>
  readonly note: string | undefined
  readonly children: ReactNode
}) {
  return (
    <>
      <span className="flex h-[18px] w-4 shrink-0 items-center justify-center">
        <Indicator>
          <Check size={14} aria-hidden />
        </Indicator>
      </span>
      <span className="flex min-w-0 flex-col">
        {children}
        {note !== undefined && <span className="text-2xs text-ink-3">{note}</span>}
      </span>
    </>
  )
}
