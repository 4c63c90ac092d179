import { RadioGroup } from 'radix-ui'

/** One of a few things, each with its explanation, all of them seen at once. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: T
  readonly options: readonly {
    readonly value: T
    readonly text: string
    readonly note: string
    readonly disabled?: boolean
  }[]
  readonly onChange: (value: T) => void
}) {
  const choose = (next: string): void => {
    const option = options.find((one) => one.value === next)
    if (option) onChange(option.value)
  }
  return (
    <RadioGroup.Root value={value} onValueChange={choose} aria-label={label} className="flex flex-col gap-2">
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
