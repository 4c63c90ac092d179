import { RadioGroup } from 'radix-ui'
import { chooser, type Option } from './option.tsx'

/** A choice of a few options, all visible with their explanations. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: T
  readonly options: readonly (Option<T> & { readonly note: string })[]
  readonly onChange: (value: T) => void
}) {
  return (
    <RadioGroup.Root
      value={value}
      onValueChange={chooser(options, onChange)}
      aria-label={label}
      className="flex flex-col gap-2"
    >
      {options.map(({ value: each, text, note, disabled }) => (
        <RadioGroup.Item
          key={each}
          value={each}
          disabled={disabled === true}
          className="flex items-start gap-2.5 rounded-control border border-control px-3 py-2 text-left disabled:opacity-60 data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
        >
          <span className="mt-0.5 flex size-3.5 shrink-0 items-center justify-center rounded-full border border-control bg-surface">
            <RadioGroup.Indicator className="size-2 rounded-full bg-accent" />
          </span>
          <span className="flex flex-col">
            <span className="text-sm font-medium">{text}</span>
            <span className="text-xs text-ink-2">{note}</span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}
