import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDownToLine, MonitorDown, Upload } from 'lucide-react'
import { useRef } from 'react'
import { useRoom } from '../../app/useWidth.ts'
import { useWords } from '../../i18n/words.ts'
import { useDevices } from '../../state/devices.ts'
import { useTransfers } from '../../state/transfers.ts'
import { openDraft } from '../../state/ui.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { startTrying } from '../devices/DevicePanel.tsx'
import { TransferCard } from './TransferCard.tsx'

const CARD_HEIGHT = 92
const GAP = 12

function Rows() {
  const { words } = useWords()
  const order = useTransfers((state) => state.order)
  const entries = useTransfers((state) => state.entries)
  const selected = useTransfers((state) => state.selected)
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => order[index] ?? index,
    estimateSize: () => CARD_HEIGHT,
    gap: GAP,
    overscan: 6,
    paddingStart: 4,
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
          const entry = entries.get(order[index] ?? '')
          return (
            entry && (
              <li
                key={key}
                data-index={index}
                ref={virtualizer.measureElement}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${String(start)}px)` }}
                aria-setsize={order.length}
                aria-posinset={index + 1}
              >
                <TransferCard entry={entry} selected={entry.snapshot.key === selected} />
              </li>
            )
          )
        })}
      </ul>
    </div>
  )
}

/** The middle of the window: every transfer, and the way to start one. */
export function TransferList() {
  const { words } = useWords()
  const empty = useTransfers((state) => state.order.length === 0)
  const alone = useDevices((state) => state.devices.length === 0)
  const narrow = useRoom() === 'narrow'
  return (
    <main className="flex h-full min-h-0 flex-col" aria-label={words.transfers.title}>
      <div className="flex h-[62px] shrink-0 items-center justify-between px-4">
        <h1 className="text-base font-semibold">{words.transfers.title}</h1>
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
      <p className="shrink-0 px-4 py-4 text-center text-sm text-ink-3">{words.transfers.dropAnywhere}</p>
    </main>
  )
}
