import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDownToLine, MonitorDown, Upload } from 'lucide-react'
import { useMemo, useRef } from 'react'
import type { Earlier } from '../../../main/contract/ipc.ts'
import { useRoom } from '../../app/useWidth.ts'
import { useWords } from '../../i18n/words.ts'
import { useDevices } from '../../state/devices.ts'
import { useTransfers } from '../../state/transfers.ts'
import { openDraft } from '../../state/ui.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ViewSwitch } from '../../ui/controls/ViewSwitch.tsx'
import { startTrying } from '../devices/DevicePanel.tsx'
import { EarlierCard } from './EarlierCard.tsx'
import { TransferCard } from './TransferCard.tsx'

const CARD_HEIGHT = 92
const HEADING_HEIGHT = 24
const GAP = 12

type Row =
  | { readonly kind: 'live'; readonly key: string; readonly position: number }
  | { readonly kind: 'heading'; readonly key: string }
  | { readonly kind: 'earlier'; readonly key: string; readonly position: number; readonly one: Earlier }

function rowsOf(order: readonly string[], earlier: readonly Earlier[]): readonly Row[] {
  const live = order.map((key, index): Row => ({ kind: 'live', key, position: index + 1 }))
  if (earlier.length === 0) return live
  const before = earlier.map((one, index): Row => {
    return { kind: 'earlier', key: one.key, position: order.length + index + 1, one }
  })
  return [...live, { kind: 'heading', key: 'earlier' }, ...before]
}

function Heading({ children }: { readonly children: string }) {
  return <h2 className="px-1.5 pt-2 text-2xs font-semibold tracking-wide text-ink-2 uppercase">{children}</h2>
}

function Rows() {
  const { words } = useWords()
  const order = useTransfers((state) => state.order)
  const entries = useTransfers((state) => state.entries)
  const selected = useTransfers((state) => state.selected)
  const earlier = useTransfers((state) => state.earlier)
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => rowsOf(order, earlier), [order, earlier])
  const transfers = order.length + earlier.length
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => rows[index]?.key ?? index,
    estimateSize: (index) => (rows[index]?.kind === 'heading' ? HEADING_HEIGHT : CARD_HEIGHT),
    gap: GAP,
    overscan: 6,
    paddingStart: 8,
    paddingEnd: 12,
  })
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto px-3.5">
      <ul
        aria-label={words.transfers.list}
        className="relative"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          const place = {
            'data-index': index,
            ref: virtualizer.measureElement,
            className: 'absolute inset-x-0 top-0',
            style: { transform: `translateY(${String(start)}px)` },
          }
          if (row.kind === 'heading') {
            return (
              <li key={key} {...place} role="presentation">
                <Heading>{words.transfers.earlier}</Heading>
              </li>
            )
          }
          const entry = row.kind === 'live' ? entries.get(row.key) : undefined
          return (
            <li key={key} {...place} aria-setsize={transfers} aria-posinset={row.position}>
              {row.kind === 'earlier' && <EarlierCard one={row.one} />}
              {entry && <TransferCard entry={entry} selected={row.key === selected} />}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** The middle of the window: every transfer, and the controls to start one. */
export function TransferList() {
  const { words } = useWords()
  const empty = useTransfers((state) => state.order.length + state.earlier.length === 0)
  const alone = useDevices((state) => state.devices.length === 0)
  const narrow = useRoom() === 'narrow'
  return (
    <main className="flex h-full min-h-0 flex-col" aria-label={words.transfers.title}>
      <div className="flex h-[62px] shrink-0 items-center justify-between px-4">
        <ViewSwitch />
        <Button look="primary" onClick={() => openDraft({ items: [], to: null })}>
          <Upload size={14} aria-hidden />
          {words.transfers.send}
        </Button>
      </div>
      {empty ? (
        <Empty
          icon={<ArrowDownToLine size={28} aria-hidden />}
          title={words.transfers.emptyTitle}
          text={words.transfers.emptyText}
        >
          {narrow && alone && (
            <Button className="mt-2" onClick={() => void startTrying()}>
              <MonitorDown size={14} aria-hidden />
              {words.devices.tryHere}
            </Button>
          )}
        </Empty>
      ) : (
        <Rows />
      )}
      {!empty && (
        <p className="shrink-0 px-4 py-4 text-center text-sm text-ink-3">{words.transfers.dropAnywhere}</p>
      )}
    </main>
  )
}
