import { CircleAlert, X } from 'lucide-react'
import { useEffect } from 'react'
import { ComparePage } from '../features/compare/ComparePage.tsx'
import { AddressDialog } from '../features/devices/AddressDialog.tsx'
import { DevicePanel } from '../features/devices/DevicePanel.tsx'
import { HelpSheet } from '../features/devices/HelpSheet.tsx'
import { AcceptDialog } from '../features/send/AcceptDialog.tsx'
import { SendSheet } from '../features/send/SendSheet.tsx'
import { useDrop } from '../features/send/useDrop.ts'
import { SettingsSheet } from '../features/settings/SettingsSheet.tsx'
import { DetailPane } from '../features/transfers/Detail.tsx'
import { TransferList } from '../features/transfers/TransferList.tsx'
import { titleOf } from '../features/transfers/words.ts'
import { useWords } from '../i18n/words.ts'
import { useOffers } from '../state/offers.ts'
import { useTransfers } from '../state/transfers.ts'
import { notify, useUi } from '../state/ui.ts'
import { Sheet } from '../ui/Dialog.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Name } from '../ui/Name.tsx'
import { TooltipProvider } from '../ui/Tooltip.tsx'
import { useThemeOnDocument } from './theme.ts'
import { useRoom } from './useWidth.ts'

function Pages() {
  const page = useUi((state) => state.page)
  const draft = useUi((state) => state.draft)
  const offers = useOffers((state) => state.offers)
  const [offer] = offers
  return (
    <>
      {draft !== null && <SendSheet draft={draft} />}
      {page === 'settings' && <SettingsSheet />}
      {page === 'address' && <AddressDialog />}
      {page === 'help' && <HelpSheet />}
      {offer !== undefined && <AcceptDialog key={offer.offerId} offer={offer} waiting={offers.length - 1} />}
    </>
  )
}

function Notice() {
  const { words, explain } = useWords()
  const problem = useUi((state) => state.problem)
  if (problem === null) return null
  const { say, next } = explain(problem)
  return (
    <div
      role="alert"
      className="selectable fixed bottom-4 left-1/2 z-50 flex w-[480px] max-w-[calc(100%-32px)] -translate-x-1/2 animate-fade items-start gap-3 rounded-card border border-bad bg-bad-soft px-4 py-3"
    >
      <CircleAlert size={18} aria-hidden className="mt-px shrink-0 text-bad" />
      <p className="min-w-0 flex-1 break-words">
        <strong className="font-semibold">{say}</strong> {next}
      </p>
      <IconButton label={words.notices.dismiss} onClick={() => notify(null)}>
        <X size={14} aria-hidden />
      </IconButton>
    </div>
  )
}

function DetailSheet() {
  const speech = useWords()
  const open = useUi((state) => state.detailOpen)
  const entry = useTransfers((state) =>
    state.selected === null ? undefined : state.entries.get(state.selected),
  )
  if (!open || entry === undefined) return null
  return (
    <Sheet
      open
      detail
      onClose={() => useUi.setState({ detailOpen: false })}
      title={<Name text={titleOf(entry.snapshot, speech)} />}
    >
      <DetailPane titled={false} />
    </Sheet>
  )
}

/** The window. */
export function App() {
  useThemeOnDocument()
  const { words, language } = useWords()
  const room = useRoom()
  const drag = useDrop()
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en'
  }, [language])
  const comparing = useUi((state) => state.view === 'compare')
  const narrow = room === 'narrow'
  return (
    <TooltipProvider>
      <div
        className={
          narrow
            ? 'flex h-full flex-col'
            : room === 'wide' && !comparing
              ? 'grid h-full grid-cols-[232px_372px_minmax(0,1fr)] grid-rows-[minmax(0,1fr)]'
              : 'grid h-full grid-cols-[232px_minmax(0,1fr)] grid-rows-[minmax(0,1fr)]'
        }
      >
        <DevicePanel drag={drag} strip={narrow} />
        <div className="min-h-0 flex-1">{comparing ? <ComparePage /> : <TransferList />}</div>
        {comparing ? null : room === 'wide' ? (
          <section
            aria-label={words.detail.label}
            className="min-h-0 overflow-y-auto border-l border-line bg-surface"
          >
            <DetailPane />
          </section>
        ) : (
          <DetailSheet />
        )}
      </div>
      {drag !== null && drag.over === null && (
        <div className="pointer-events-none fixed inset-2 z-20 flex items-end justify-center rounded-card border-2 border-dashed border-accent pb-6">
          <span className="rounded-control bg-accent px-4 py-2 text-base font-semibold text-on-accent">
            {words.transfers.dropNow}
          </span>
        </div>
      )}
      <Pages />
      <Notice />
    </TooltipProvider>
  )
}
