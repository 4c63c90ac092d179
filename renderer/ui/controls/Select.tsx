import { ChevronDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'
import { cx } from '../cx.ts'
import { Marked } from '../text/Name.tsx'
import { pageNonce } from '../nonce.ts'
import { Field } from './Field.tsx'
import { chooser, ITEM_LOOK, listPlace, type Option, OptionRow } from './option.tsx'

interface SelectProps<T extends string> {
  readonly id?: string
  readonly label?: string
  readonly value: T
  /** What stands there while nothing is chosen. */
  readonly placeholder?: string
  readonly options: readonly Option<T>[]
  readonly disabled?: boolean
  readonly onChange: (value: T) => void
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
}: SelectProps<T>) {
  return (
    <Radix.Root value={value} onValueChange={chooser(options, onChange)} disabled={disabled}>
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
          {...listPlace(
            'max-h-(--radix-select-content-available-height) overflow-hidden',
            'min-w-(--radix-select-trigger-width)',
          )}
        >
          <Radix.Viewport className="p-1" nonce={pageNonce()}>
            {options.map(({ value: each, text, note, disabled: off }) => (
              <Radix.Item
                key={each}
                value={each}
                disabled={off === true}
                className={cx(ITEM_LOOK, 'items-center pr-3 pl-2')}
              >
                <OptionRow indicator={Radix.ItemIndicator} note={note}>
                  <Radix.ItemText>
                    <bdi>
                      <Marked text={text} />
                    </bdi>
                  </Radix.ItemText>
                </OptionRow>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** One of several values, under its label. */
export function SelectField<T extends string>({
  label,
  ...select
}: Omit<SelectProps<T>, 'id' | 'label'> & { readonly label: string }) {
  return <Field label={label}>{(id) => <Select id={id} {...select} />}</Field>
}
