import { CircleHelp, MonitorDown, Plus, Settings } from 'lucide-react'
import type { ReactNode } from 'react'
import { visible } from '../../../main/messages/index.ts'
import { useWords } from '../../i18n/words.ts'
import { tryHere, useDevices } from '../../state/devices.ts'
import { useSettings } from '../../state/settings.ts'
import { openDraft, openPage, useUi } from '../../state/ui.ts'
import { Avatar } from '../../ui/marks/Avatar.tsx'
import { Button } from '../../ui/controls/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { Logo } from '../../ui/marks/Logo.tsx'
import { MiddleEllipsis } from '../../ui/text/MiddleEllipsis.tsx'
import { Tooltip } from '../../ui/Tooltip.tsx'
import type { Drag } from '../send/useDrop.ts'
import { addressWithPort } from './address.ts'
import { DeviceRow } from './DeviceRow.tsx'

function SelfCard({ strip }: { readonly strip: boolean }) {
  const { words, fill, explain } = useWords()
  const self = useSettings((state) => state.self)
  const alias = visible(self.alias)
  const [first] = self.addresses
  const address = first === undefined ? undefined : addressWithPort(first, self.port)
  // An address with a port of its own needs the whole line.
  const ready = address === first || address === undefined ? fill(words.self.ready, { address }) : address
  const state = self.port === null ? words.self.notReady : ready
  const hint = self.problem === null ? state : explain(self.problem).summary
  if (strip) {
    return (
      <Tooltip text={`${alias} · ${hint}`}>
        <div
          className="rounded-card border border-line bg-surface p-1.5"
          role="group"
          aria-label={words.self.label}
        >
          <Avatar name={alias} />
          <span className="sr-only">
            {alias} {state}
          </span>
        </div>
      </Tooltip>
    )
  }
  return (
    <div
      role="group"
      aria-label={words.self.label}
      className="mx-3 flex items-center gap-2.5 rounded-card border border-line bg-surface px-3 py-3"
    >
      <Avatar name={alias} />
      <div className="min-w-0 flex-1">
        <MiddleEllipsis text={alias} className="text-sm font-semibold" />
        <MiddleEllipsis
          sentence
          text={state}
          className={self.problem ? 'text-xs text-bad' : 'selectable tabular text-xs text-ink-2'}
        />
      </div>
    </div>
  )
}

/** Opens the second receiver, and the sheet with it chosen. */
export async function startTrying(): Promise<void> {
  const device = await tryHere()
  if (device) openDraft({ items: useUi.getState().draft?.items ?? [], to: device.id })
}

function Nobody() {
  const { words } = useWords()
  return (
    <div className="mx-3 flex flex-col gap-3 rounded-card border border-dashed border-line px-3 py-3">
      <div>
        <p className="text-sm font-medium">{words.devices.emptyTitle}</p>
        <p className="text-xs text-ink-2">{words.devices.emptyText}</p>
      </div>
      <Button
        size="small"
        className="h-auto min-h-7 py-1 whitespace-normal"
        onClick={() => void startTrying()}
      >
        <MonitorDown size={14} aria-hidden className="shrink-0" />
        {words.devices.tryHere}
      </Button>
      <p className="text-xs text-ink-3">{words.devices.tryHereText}</p>
    </div>
  )
}

function PageButton({
  text,
  icon,
  strip,
  onClick,
}: {
  readonly text: string
  readonly icon: ReactNode
  readonly strip: boolean
  readonly onClick: () => void
}) {
  const button = (
    <button
      type="button"
      aria-label={text}
      onClick={onClick}
      className={cx(
        'flex items-center gap-2.5 rounded-control text-left text-sm hover:bg-sunken',
        strip ? 'p-1' : 'w-full px-2 py-1.5',
      )}
    >
      <span className="flex size-7 shrink-0 items-center justify-center rounded-control bg-sunken text-ink-2">
        {icon}
      </span>
      {!strip && text}
    </button>
  )
  return strip ? <Tooltip text={text}>{button}</Tooltip> : button
}

/** The left side: this device, the devices nearby, and help to find more. `strip`: a row of avatars instead. */
export function DevicePanel({ drag, strip }: { readonly drag: Drag; readonly strip: boolean }) {
  const { words } = useWords()
  const devices = useDevices((state) => state.devices)
  const rows = devices.map((device) => (
    <DeviceRow
      key={device.id}
      device={device}
      dragging={drag !== null}
      over={drag?.over === device.id}
      strip={strip}
    />
  ))
  const pages = (
    <>
      {strip && devices.length === 0 && (
        <PageButton
          strip
          text={words.devices.tryHere}
          icon={<MonitorDown size={15} aria-hidden />}
          onClick={() => void startTrying()}
        />
      )}
      <PageButton
        strip={strip}
        text={words.devices.byAddress}
        icon={<Plus size={15} aria-hidden />}
        onClick={() => openPage('address')}
      />
      <PageButton
        strip={strip}
        text={words.devices.cantSee}
        icon={<CircleHelp size={15} aria-hidden />}
        onClick={() => openPage('help')}
      />
      <PageButton
        strip={strip}
        text={words.devices.settings}
        icon={<Settings size={15} aria-hidden />}
        onClick={() => openPage('settings')}
      />
    </>
  )
  if (strip) {
    return (
      <nav
        aria-label={words.devices.list}
        className="flex h-16 items-center gap-2 border-b border-line bg-page px-3"
      >
        <SelfCard strip />
        <ul className="flex min-w-0 flex-1 items-center gap-1 overflow-x-auto">{rows}</ul>
        <div className="flex shrink-0 items-center">{pages}</div>
      </nav>
    )
  }
  return (
    <nav
      aria-label={words.devices.list}
      className="flex h-full min-h-0 flex-col border-r border-line bg-page"
    >
      <div className="flex h-14 shrink-0 items-center gap-2 px-5">
        <Logo />
        <span className="text-base font-semibold">{words.app}</span>
      </div>
      <SelfCard strip={false} />
      <h2 className="px-5 pt-5 pb-2 text-2xs font-semibold tracking-wide text-ink-2 uppercase">
        {words.devices.nearby}
      </h2>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {devices.length === 0 ? <Nobody /> : <ul className="flex flex-col gap-0.5 px-3">{rows}</ul>}
      </div>
      <div className="flex shrink-0 flex-col px-3 py-3">{pages}</div>
    </nav>
  )
}
