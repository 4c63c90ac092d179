import { isClear } from '../../../main/contract/report.ts'
import { X } from 'lucide-react'
import { memo } from 'react'
import { formatDuration } from '../../../main/messages/index.ts'
import { useWords } from '../../i18n/words.ts'
import {
  cancelTransfer,
  type Entry,
  forgetTransfer,
  isActive,
  selectTransfer,
} from '../../state/transfers.ts'
import { cx } from '../../ui/cx.ts'
import { IconButton } from '../../ui/controls/IconButton.tsx'
import { MiddleEllipsis } from '../../ui/text/MiddleEllipsis.tsx'
import { Sentence } from '../../ui/text/Name.tsx'
import { Pill } from '../../ui/marks/Pill.tsx'
import { Progress } from '../../ui/marks/Progress.tsx'
import { notCopied } from './path/bytePath.ts'
import { isLocal, ratesOf, rateText, reportOf, statePhrase, stateText, titleOf } from './words.ts'

function Moving({ entry }: { readonly entry: Entry }) {
  const speech = useWords()
  const { words, fill, language } = speech
  const { snapshot } = entry
  const { view } = snapshot
  const { now, left, unit } = ratesOf(entry)
  const { bytes, totals, copies } = view
  const amount = fill(words.transfers.progress, { done: bytes, total: totals.bytes })
  const many = totals.files > 1000 && totals.bytes < totals.files * 65_536
  const progress = many
    ? fill(words.transfers.filesProgress, { done: view.files, total: totals.files })
    : amount
  const technique = view.choice?.technique
  return (
    <>
      <Progress
        value={totals.bytes === 0 ? null : Math.min(1, bytes / totals.bytes)}
        label={stateText(snapshot, speech)}
      />
      <div className="tabular flex min-h-7 items-center gap-2 text-xs text-ink-2">
        <span className="min-w-0 flex-1 truncate">
          {view.state.kind === 'committing' ? <Sentence {...statePhrase(snapshot, speech)} /> : progress}
          {now !== null && ` · ${rateText(now, unit)}`}
        </span>
        {left !== null && <span>{formatDuration(left, language)}</span>}
        <CancelButton entry={entry} />
      </div>
      <div className="flex flex-wrap gap-1.5">
        {technique !== undefined && <Pill tone="accent">{technique}</Pill>}
        {copies !== null && <Pill tone="strong">{fill(words.transfers.copies, { cpu: copies.cpu })}</Pill>}
        {!isLocal(snapshot) && (
          <Pill>{isClear(snapshot.view) ? words.transfers.notEncrypted : words.transfers.encrypted}</Pill>
        )}
      </div>
    </>
  )
}

function CancelButton({ entry }: { readonly entry: Entry }) {
  const speech = useWords()
  const title = titleOf(entry.snapshot, speech)
  return (
    <IconButton
      framed
      label={speech.fill(speech.words.transfers.cancelOne, { title })}
      onClick={(event) => {
        event.stopPropagation()
        void cancelTransfer(entry.snapshot.key)
      }}
    >
      <X size={14} aria-hidden />
    </IconButton>
  )
}

function Waiting({ entry }: { readonly entry: Entry }) {
  const speech = useWords()
  return (
    <div className="flex min-h-7 items-center gap-2 text-xs text-ink-2">
      <span className="line-clamp-2 min-w-0 flex-1 [overflow-wrap:anywhere]">
        <Sentence {...statePhrase(entry.snapshot, speech)} />
      </span>
      <CancelButton entry={entry} />
    </div>
  )
}

function Ended({ entry }: { readonly entry: Entry }) {
  const speech = useWords()
  const { words, fill } = speech
  const { snapshot } = entry
  const report = reportOf(snapshot)
  const { kind } = snapshot.view.state
  const good = report !== null && report.notDelivered.length === 0
  const saved = report === null ? null : notCopied(report)
  const bytes = report?.bytes ?? snapshot.view.totals.bytes
  return (
    <>
      <div className="flex items-center justify-between gap-3 text-xs">
        <span
          className={cx(
            'line-clamp-2 [overflow-wrap:anywhere]',
            good ? 'text-good' : kind === 'failed' ? 'text-bad' : 'text-ink-2',
          )}
        >
          <Sentence {...statePhrase(snapshot, speech)} />
        </span>
        <span className="tabular shrink-0 text-ink-2">{fill(words.transfers.size, { bytes })}</span>
      </div>
      {saved !== null && saved >= 1e6 && (
        <p className="text-xs text-ink-2">{fill(words.transfers.notCopied, { bytes: saved })}</p>
      )}
    </>
  )
}

/** One transfer in the list. */
export const TransferCard = memo(function TransferCard({
  entry,
  selected,
}: {
  readonly entry: Entry
  readonly selected: boolean
}) {
  const speech = useWords()
  const { words, fill } = speech
  const { snapshot } = entry
  const { view, key } = snapshot
  const title = titleOf(snapshot, speech)
  const peer = view.peer.alias
  const active = isActive(snapshot)
  const moving = view.state.kind === 'running' || view.state.kind === 'committing'
  return (
    <div
      data-testid="transfer"
      data-state={view.state.kind}
      className={cx(
        'group relative flex flex-col gap-1.5 rounded-card border bg-surface px-3.5 py-3',
        selected ? 'border-accent shadow-[inset_0_0_0_1px_var(--accent)]' : 'border-line',
      )}
    >
      <div className="flex items-baseline justify-between gap-3">
        <button
          type="button"
          aria-pressed={selected}
          aria-label={`${title}, ${stateText(snapshot, speech)}`}
          onClick={() => selectTransfer(key)}
          className="min-w-0 text-left text-sm font-semibold after:absolute after:inset-0 after:rounded-card focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
        >
          <MiddleEllipsis text={title} />
        </button>
        <span className="max-w-[45%] min-w-0 shrink-0 text-xs text-ink-2">
          <MiddleEllipsis
            sentence
            text={fill(view.role === 'sender' ? words.transfers.to : words.transfers.from, { peer })}
          />
        </span>
      </div>
      <div className="pointer-events-none relative flex flex-col gap-1.5 [&_button]:pointer-events-auto">
        {moving ? <Moving entry={entry} /> : active ? <Waiting entry={entry} /> : <Ended entry={entry} />}
      </div>
      {!active && (
        <span className="absolute -top-2 -right-2 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
          <IconButton
            framed
            className="size-6 rounded-full"
            label={fill(words.transfers.forgetOne, { title })}
            onClick={() => void forgetTransfer(key)}
          >
            <X size={12} aria-hidden />
          </IconButton>
        </span>
      )}
    </div>
  )
})
