import { useEffect } from 'react'
import { ComparePage } from '../features/compare/ComparePage.tsx'
import { AddressDialog } from '../features/devices/AddressDialog.tsx'
import { DevicePanel } from '../features/devices/DevicePanel.tsx'
import { HelpSheet } from '../features/devices/HelpSheet.tsx'
import { SendSheet } from '../features/send/SendSheet.tsx'
import { useDrop } from '../features/send/useDrop.ts'
import { SettingsSheet } from '../features/settings/SettingsSheet.tsx'
import { DetailPane } from '../features/transfers/Detail.tsx'
import { TransferList } from '../features/transfers/TransferList.tsx'
import { titleOf } from '../features/transfers/words.ts'
import { useWords } from '../i18n/words.ts'
import { useTransfers } from '../state/transfers.ts'
import { useUi } from '../state/ui.ts'
import { Sheet } from '../ui/Dialog.tsx'
import { Name } from '../ui/text/Name.tsx'
import { TooltipProvider } from '../ui/Tooltip.tsx'
import { Notices } from './Notices.tsx'
import { Questions } from './Questions.tsx'
import { useThemeOnDocument } from './theme.ts'
import { useRoom } from './useWidth.ts'

function Pages() {
  const page = useUi((state) => state.page)
  const draft = useUi((state) => state.draft)
  return (
    <>
      {draft !== null && <SendSheet draft={draft} />}
      {page === 'settings' && <SettingsSheet />}
      {page === 'address' && <AddressDialog />}
      {page === 'help' && <HelpSheet />}
    </>
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
      detail
      onClose={() => useUi.setState({ detailOpen: false })}
      title={<Name text={titleOf(entry.snapshot, speech)} />}
    >
      <DetailPane titled={false} />
    </Sheet>
  )
}

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
      <Questions />
      <Notices />
    </TooltipProvider>
  )
}
