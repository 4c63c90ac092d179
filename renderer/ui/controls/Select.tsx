import { Check, ChevronDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'
import { Marked } from '../text/Name.tsx'
import { pageNonce } from '../nonce.ts'

export interface Option<T extends string> {
  readonly value: T
  /** A visible text. */
  readonly text: string
  /** A second, quieter line. */
  readonly note?: string
  readonly disabled?: boolean
}

/** One of several values. */
export function Select<T extends string>({
  id,
  label,
  value,
  placeholder,
  options,
  disabled = false,
  onChange,
}: {
  readonly id?: string
  readonly label?: string
  readonly value: T
  /** What stands there while nothing is chosen. */
  readonly placeholder?: string
  readonly options: readonly Option<T>[]
  readonly disabled?: boolean
  readonly onChange: (value: T) => void
}) {
  const choose = (next: string): void => {
    const option = options.find((one) => one.value === next)
    if (option) onChange(option.value)
  }
  return (
    <Radix.Root value={value} onValueChange={choose} disabled={disabled}>
      <Radix.Trigger
        id={id}
        aria-label={label}
        className="flex h-8 w-full items-center justify-between gap-2 rounded-control border border-control bg-surface px-2.5 text-sm text-ink disabled:opacity-50"
      >
        <span className="truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <Radix.Icon>
          <ChevronDown size={14} className="text-ink-2" aria-hidden />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) animate-fade overflow-hidden rounded-control border border-line bg-surface"
        >
          <Radix.Viewport className="p-1" nonce={pageNonce()}>
            {options.map(({ value: each, text, note, disabled: off }) => (
              <Radix.Item
                key={each}
                value={each}
                disabled={off === true}
                className="flex items-center gap-2 rounded-[6px] py-1.5 pr-3 pl-2 text-sm outline-none data-disabled:text-ink-3 data-highlighted:bg-accent-soft"
              >
                <span className="flex w-4 justify-center">
                  <Radix.ItemIndicator>
                    <Check size={14} aria-hidden />
                  </Radix.ItemIndicator>
                </span>
                <span className="flex min-w-0 flex-col">
                  <Radix.ItemText>
                    <bdi>
                      <Marked text={text} />
                    </bdi>
                  </Radix.ItemText>
                  {note !== undefined && <span className="text-2xs text-ink-3">{note}</span>}
                </span>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
