import { CircleAlert, FolderOpen } from 'lucide-react'
import type { Snapshot } from '../../../main/contract/ipc.ts'
import type { Note, TransferReport } from '../../../main/contract/report.ts'
import { catalogue, formatFingerprint, isAlmostDone } from '../../../main/messages/index.ts'
import { useTheme } from '../../app/theme.ts'
import { useWords } from '../../i18n/words.ts'
import { rateNumber } from '../../state/series.ts'
import { useSettings } from '../../state/settings.ts'
import {
  cancelTransfer,
  type Entry,
  isActive,
  problemOf,
  showTransfer,
  useTransfers,
} from '../../state/transfers.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { SideIcon } from '../../ui/marks/SideIcon.tsx'
import { MiddleEllipsis } from '../../ui/text/MiddleEllipsis.tsx'
import { Sentence } from '../../ui/text/Name.tsx'
import { notCopied } from './path/bytePath.ts'
import { ExamplePath } from './path/ExamplePath.tsx'
import { Figures } from './Figures.tsx'
import { LocalPathSection } from './path/LocalPathSection.tsx'
import { PathSection } from './path/PathSection.tsx'
import { RatePlot } from './RatePlot.tsx'
import {
  isEmpty,
  isLocal,
  ratesOf,
  type Rates,
  rateText,
  notDeliveredOf,
  reportOf,
  statePhrase,
  titleOf,
} from './words.ts'

function Head({
  entry,
  rates,
  titled,
}: {
  readonly entry: Entry
  readonly rates: Rates
  readonly titled: boolean
}) {
  const speech = useWords()
  const { words, fill, language } = speech
  const { snapshot } = entry
  const { view } = snapshot
  const report = reportOf(snapshot)
  const active = isActive(snapshot)
  const big = report?.bytesPerSecond ?? rates.now
  const head = view.role === 'sender' ? words.detail.head : words.detail.headFrom
  const title = titleOf(snapshot, speech)
  const { files, bytes } = view.totals
  const rest = fill(head, { peer: view.peer.alias, ...(files > 0 ? { files } : {}) })
  return (
    <header className="flex flex-col gap-1">
      <div className="flex items-start justify-between gap-4">
        <p className="flex min-w-0 flex-1 gap-1 text-sm text-ink-2">
          {titled && <MiddleEllipsis text={title} />}
          {titled && files > 0 && <span aria-hidden>·</span>}
          <MiddleEllipsis sentence text={rest} className={titled ? 'max-w-3/5 shrink-0' : ''} />
        </p>
        {active && (
          <Button size="small" onClick={() => void cancelTransfer(snapshot.key)}>
            {words.cancel}
          </Button>
        )}
      </div>
      <div className="flex min-h-10 items-end justify-between gap-4">
        {big === null ? (
          <p className="pb-1 text-base font-semibold" aria-live="polite">
            <Sentence {...statePhrase(snapshot, speech)} />
          </p>
        ) : (
          <p className="flex items-baseline gap-2">
            <span className="tabular text-big font-semibold" data-testid="rate">
              {rateNumber(big, rates.unit)}
            </span>
            <span className="text-base text-ink-2">{rates.unit}</span>
          </p>
        )}
        <p className="tabular flex flex-col items-end text-xs text-ink-2">
          {report !== null && <span>{fill(words.detail.took, { seconds: report.seconds })}</span>}
          {active && rates.average !== null && (
            <span>{fill(words.detail.average, { rate: rateText(rates.average, rates.unit) })}</span>
          )}
          {rates.left !== null && (
            <span>
              {isAlmostDone(rates.left)
                ? words.transfers.almostDone
                : fill(words.transfers.left, { seconds: rates.left })}
            </span>
          )}
          {active && view.state.kind !== 'running' && big !== null && (
            <span>{catalogue(language).states[view.state.kind]}</span>
          )}
        </p>
      </div>
      {(files > 0 || bytes > 0) && (
        <p className="tabular text-xs text-ink-2" data-testid="amount">
          {report === null
            ? fill(words.detail.moved, { done: view.bytes, total: bytes, files: view.files, all: files })
            : fill(words.detail.whole, { bytes: report.bytes, files: report.files })}
        </p>
      )}
      {view.limitedBy !== null && (
        <p className="text-xs text-ink-2" data-testid="limited-by">
          {catalogue(language).limits[view.role][view.limitedBy]}
        </p>
      )}
    </header>
  )
}

function Finished({ snapshot, report }: { readonly snapshot: Snapshot; readonly report: TransferReport }) {
  const speech = useWords()
  const { words, fill } = speech
  const { view } = snapshot
  const saved = notCopied(report)
  const [first] = view.savedAs
  // Also for a sender if the other end is this same application.
  const isHere = view.folder !== null && !isEmpty(report)
  const where =
    view.savedAs.length === 1 && first !== undefined
      ? fill(words.transfers.savedAs, { path: first })
      : fill(words.transfers.saved, { folder: view.folder ?? '' })
  return (
    <section className="flex flex-col gap-2 rounded-card border border-line px-4 py-3" data-testid="finished">
      <div className="flex items-center justify-between gap-4">
        <div className="min-w-0">
          <p
            className={
              report.notDelivered.length === 0 ? 'font-semibold text-good' : 'font-semibold text-ink'
            }
          >
            <Sentence {...statePhrase(snapshot, speech)} />
          </p>
          {isHere && <MiddleEllipsis sentence text={where} className="selectable text-xs text-ink-2" />}
        </div>
        {isHere && (
          <Button onClick={() => void showTransfer(snapshot.key)}>
            <FolderOpen size={14} aria-hidden />
            {words.transfers.show}
          </Button>
        )}
      </div>
      {saved !== null && saved > 0 && (
        <p className="text-xs text-ink-2">
          {fill(words.transfers.notCopied, { bytes: saved })}{' '}
          <span className="rounded border border-line px-1 text-2xs text-ink-3">
            {words.transfers.derived}
          </span>
        </p>
      )}
      {report.notDelivered.length > 0 && <Skipped snapshot={snapshot} />}
      {report.notes.length > 0 && <Notes notes={report.notes} />}
    </section>
  )
}

const SHOWN_SKIPPED = 20

function Notes({ notes }: { readonly notes: readonly Note[] }) {
  const { words, fill, note } = useWords()
  return (
    <div className="text-xs">
      <h3 className="font-semibold">{words.detail.notesTitle}</h3>
      <ul className="mt-1 flex flex-col gap-1 text-ink-2">
        {notes.slice(0, SHOWN_SKIPPED).map((one) => (
          <li key={`${one.code} ${one.path}`} className="selectable break-words">
            {note(one)}
          </li>
        ))}
      </ul>
      {notes.length > SHOWN_SKIPPED && (
        <p className="text-ink-2">{fill(words.detail.skippedMore, { more: notes.length - SHOWN_SKIPPED })}</p>
      )}
    </div>
  )
}

function Skipped({ snapshot }: { readonly snapshot: Snapshot }) {
  const { words, fill, explanation } = useWords()
  const notDelivered = notDeliveredOf(snapshot)
  return (
    <div className="text-xs">
      <h3 className="font-semibold">{words.detail.skippedTitle}</h3>
      <ul className="mt-1 flex flex-col gap-1">
        {notDelivered.slice(0, SHOWN_SKIPPED).map(({ path, reason }) => (
          <li key={path} className="flex flex-col">
            <MiddleEllipsis text={path} className="font-medium" />
            <span className="text-ink-2">
              <Sentence {...explanation(reason, snapshot.view).summary} />
            </span>
          </li>
        ))}
      </ul>
      {notDelivered.length > SHOWN_SKIPPED && (
        <p className="text-ink-2">
          {fill(words.detail.skippedMore, { more: notDelivered.length - SHOWN_SKIPPED })}
        </p>
      )}
    </div>
  )
}

function Ended({ snapshot }: { readonly snapshot: Snapshot }) {
  const speech = useWords()
  const problem = problemOf(snapshot)
  if (problem === null) return null
  const failed = snapshot.view.state.kind === 'failed'
  const { summary, next } = speech.explanation(problem, snapshot.view)
  return (
    <section
      role="alert"
      data-testid="problem"
      className={`selectable flex gap-3 rounded-card border px-4 py-3 ${failed ? 'border-bad bg-bad-soft' : 'border-line'}`}
    >
      <SideIcon icon={CircleAlert} tone={failed ? 'bad' : 'quiet'} />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p className="font-semibold">
          <Sentence {...summary} />
        </p>
        <p className={failed ? 'text-ink' : 'text-ink-2'}>
          <Sentence {...next} />
        </p>
        {notDeliveredOf(snapshot).length > 0 && <Skipped snapshot={snapshot} />}
      </div>
    </section>
  )
}

/** Help while the other side has not answered. A LocalSend device shows its user no fingerprint. */
function Compare() {
  const { words } = useWords()
  const fingerprint = useSettings((state) => state.self.fingerprint)
  return (
    <section className="selectable rounded-card bg-sunken px-4 py-3">
      <p className="text-ink-2">{words.detail.compare}</p>
      <p className="mt-1 font-mono text-2xs text-ink">{formatFingerprint(fingerprint)}</p>
    </section>
  )
}

/** All facts about one transfer. */
export function TransferDetail({
  entry,
  titled = true,
}: {
  readonly entry: Entry
  readonly titled?: boolean
}) {
  const { words, fill } = useWords()
  const theme = useTheme()
  const { snapshot, series } = entry
  const rates = ratesOf(entry)
  const { role, peer, state } = snapshot.view
  const { kind } = state
  const last = series.points.at(-1)
  const moved = last !== undefined && series.points.length > 2
  const report = reportOf(snapshot)
  const chosen = snapshot.view.choice !== null || report !== null
  const end = (last?.seconds ?? 0) + (rates.left ?? 0)
  return (
    <div className="flex flex-col gap-4 px-6 py-4" data-testid="detail">
      <Head entry={entry} rates={rates} titled={titled} />
      {kind === 'offered' && role === 'sender' && peer.kind === 'penstock' && <Compare />}
      {report !== null && <Finished snapshot={snapshot} report={report} />}
      <Ended snapshot={snapshot} />
      {moved && (
        <RatePlot
          points={series.points}
          end={end}
          expected={kind === 'running' ? rates.average : null}
          unit={rates.unit}
          theme={theme}
          label={fill(words.detail.plot, {
            now: rates.now === null ? '–' : rateText(rates.now, rates.unit),
            average: rates.average === null ? '–' : rateText(rates.average, rates.unit),
          })}
        />
      )}
      {chosen && (
        <>
          {isLocal(snapshot) ? (
            <LocalPathSection snapshot={snapshot} rate={rates.now} />
          ) : (
            <PathSection snapshot={snapshot} rate={rates.now} />
          )}
          <Figures snapshot={snapshot} />
        </>
      )}
    </div>
  )
}

/** The right side of the window: the selected transfer, or an example. A sheet already shows the name. */
export function DetailPane({ titled = true }: { readonly titled?: boolean }) {
  const entry = useTransfers((state) =>
    state.selected === null ? undefined : state.entries.get(state.selected),
  )
  return entry === undefined ? <ExamplePath /> : <TransferDetail entry={entry} titled={titled} />
}
