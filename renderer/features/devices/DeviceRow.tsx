import { LockOpen, ShieldAlert } from 'lucide-react'
import type { ListedDevice } from '../../../main/contract/device.ts'
import { visible } from '../../../main/messages/index.ts'
import { type Speech, useWords } from '../../i18n/words.ts'
import { openDraft, useUi } from '../../state/ui.ts'
import { Avatar } from '../../ui/marks/Avatar.tsx'
import { cx } from '../../ui/cx.ts'
import { MiddleEllipsis } from '../../ui/text/MiddleEllipsis.tsx'
import { Tooltip } from '../../ui/Tooltip.tsx'
import { dropTarget } from '../send/useDrop.ts'

/** A device's displayed name; the second receiver of this application has a special one. */
export function nameOf(device: ListedDevice, { words }: Speech): string {
  return device.demo ? words.devices.demoName : visible(device.alias)
}

/** A list to choose a device from. */
export function deviceOptions(devices: readonly ListedDevice[], speech: Speech) {
  return devices.map((one) => ({ value: one.id, text: nameOf(one, speech), note: noteOf(one, speech) }))
}

/** The kind and address of a device, in a line below its name. */
export function noteOf({ kind, host, protocol }: ListedDevice, { words }: Speech): string {
  const parts = [words.devices[kind], host, ...(protocol === 'http' ? [words.devices.notEncrypted] : [])]
  return visible(parts.join(' · '))
}

function aboutOf(device: ListedDevice, { words, fill }: Speech): string {
  const found = device.foundBy.map((way) => words.devices.foundBy[way]).join(', ')
  const open = device.protocol === 'http' ? words.devices.notEncryptedText : undefined
  return fill(words.devices.about, { kind: words.devices[device.kind], host: device.host, found, open })
}

/** What the user knows of the device, in a word; null if that is nothing. */
function badgeOf({ namesake, trusted, recent }: ListedDevice, { words }: Speech): string | null {
  if (namesake !== null) return words.devices.otherKey
  return trusted ? words.devices.trusted : recent ? words.devices.recent : null
}

/** One device: a drop target, and a button that opens the send sheet. */
export function DeviceRow({
  device,
  dragging,
  over,
  strip,
}: {
  readonly device: ListedDevice
  readonly dragging: boolean
  readonly over: boolean
  readonly strip: boolean
}) {
  const speech = useWords()
  const { words, fill } = speech
  const name = nameOf(device, speech)
  const about = aboutOf(device, speech)
  const label = fill(words.devices.sendTo, { name })
  const open = device.protocol === 'http'
  const { namesake } = device
  const badge = badgeOf(device, speech)
  const known = namesake === null ? badge : fill(words.devices.namesake, { name: visible(namesake) })
  const facts = [...(open ? [words.devices.notEncrypted] : []), ...(known === null ? [] : [known])]
  const second = dragging
    ? words.devices.dropToSend
    : device.demo
      ? words.devices.demo
      : words.devices[device.kind]
  const choose = (): void => {
    openDraft({ items: useUi.getState().draft?.items ?? [], to: device.id })
  }
  return (
    <li {...dropTarget(device.id)}>
      <Tooltip text={strip ? `${name} · ${about}` : about}>
        <button
          type="button"
          aria-label={facts.length === 0 ? label : `${label} (${facts.join(', ')})`}
          data-testid="device"
          onClick={choose}
          className={cx(
            'flex w-full items-center gap-2.5 rounded-card border-2 px-1.5 py-1.5 text-left transition-colors duration-150',
            over ? 'border-accent bg-accent-soft' : 'border-transparent hover:bg-sunken',
            dragging && !over && 'border-dashed border-line',
          )}
        >
          <span className="relative shrink-0">
            <Avatar name={name} raised={over} />
            {strip && (open || namesake !== null) && (
              <span
                className={cx(
                  'absolute -right-1 -bottom-1 flex size-4 items-center justify-center rounded-full border bg-surface',
                  namesake === null ? 'border-line text-ink-2' : 'border-bad text-bad',
                )}
              >
                {namesake === null ? (
                  <LockOpen size={10} aria-hidden />
                ) : (
                  <ShieldAlert size={10} aria-hidden />
                )}
              </span>
            )}
          </span>
          {!strip && (
            <>
              <span className="min-w-0 flex-1">
                <MiddleEllipsis text={name} className="text-sm font-semibold" />
                <span className="flex items-center justify-between gap-2">
                  {open && !dragging ? (
                    <span className="flex min-w-0 items-center gap-1 text-xs text-ink-2">
                      <LockOpen size={12} aria-hidden className="shrink-0" />
                      <span className="truncate">{words.devices.notEncrypted}</span>
                    </span>
                  ) : (
                    <span className="min-w-0 truncate text-xs text-ink-2">{second}</span>
                  )}
                  {badge !== null && !device.demo && (
                    <span
                      className={cx(
                        'shrink-0 rounded-full border px-2 text-2xs leading-[14px]',
                        device.namesake === null ? 'border-line text-ink-2' : 'border-bad text-bad',
                      )}
                    >
                      {badge}
                    </span>
                  )}
                </span>
              </span>
            </>
          )}
        </button>
      </Tooltip>
    </li>
  )
}
