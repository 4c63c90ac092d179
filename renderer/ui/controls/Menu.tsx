import { ChevronDown } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { Fragment } from 'react'
import { cx } from '../cx.ts'
import { ITEM_LOOK, listPlace, type Option, OptionRow } from './option.tsx'

export interface MenuGroup {
  readonly title: string
  readonly value: string
  readonly items: readonly Option<string>[]
  readonly onChoose: (value: string) => void
}

/** A button that opens groups of options, with one option of each group ticked. */
export function Menu({
  label,
  text,
  groups,
  footnote,
}: {
  readonly label: string
  readonly text: string
  readonly groups: readonly MenuGroup[]
  readonly footnote?: string
}) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        aria-label={label}
        className="inline-flex h-7 items-center gap-1 rounded-control border border-control bg-surface px-2.5 text-sm font-medium text-ink hover:bg-sunken"
      >
        {text}
        <ChevronDown size={14} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          {...listPlace('max-h-(--radix-dropdown-menu-content-available-height) w-80 overflow-y-auto p-1')}
        >
          {groups.map(({ title, value, items, onChoose }, index) => (
            <Fragment key={title}>
              {index > 0 && <DropdownMenu.Separator className="my-1 h-px bg-line" />}
              <DropdownMenu.Label className="px-2 py-1.5 text-2xs font-semibold text-ink-3">
                {title}
              </DropdownMenu.Label>
              <DropdownMenu.RadioGroup aria-label={title} value={value} onValueChange={onChoose}>
                {items.map((item) => (
                  <DropdownMenu.RadioItem
                    key={item.value}
                    value={item.value}
                    disabled={item.disabled === true}
                    className={cx(ITEM_LOOK, 'items-start px-2')}
                  >
                    <OptionRow indicator={DropdownMenu.ItemIndicator} note={item.note}>
                      {item.text}
                    </OptionRow>
                  </DropdownMenu.RadioItem>
                ))}
              </DropdownMenu.RadioGroup>
            </Fragment>
          ))}
          {footnote !== undefined && <p className="px-2 py-1.5 text-2xs text-ink-3">{footnote}</p>}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
