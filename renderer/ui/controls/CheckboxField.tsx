import { Check } from 'lucide-react'
import { Checkbox } from 'radix-ui'
import { useId } from 'react'

/** A checkbox with its label beside it. */
export function CheckboxField({
  label,
  checked,
  onChange,
}: {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}) {
  const id = useId()
  return (
    <div className="flex items-center gap-2">
      <Checkbox.Root
        id={id}
        checked={checked}
        onCheckedChange={(now) => onChange(now === true)}
        className="flex size-4 items-center justify-center rounded-[4px] border border-control bg-surface data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Checkbox.Indicator>
          <Check size={12} className="text-on-accent" aria-hidden />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <label htmlFor={id}>{label}</label>
    </div>
  )
}
