import { FolderOpen } from 'lucide-react'
import type { Earlier } from '../../../main/contract/ipc.ts'
import type { Phrase } from '../../../main/messages/index.ts'
import { type Speech, useWords } from '../../i18n/words.ts'
import { showTransfer } from '../../state/transfers.ts'
import { cx } from '../../ui/cx.ts'
import { IconButton } from '../../ui/controls/IconButton.tsx'
import { MiddleEllipsis } from '../../ui/text/MiddleEllipsis.tsx'
import { Sentence } from '../../ui/text/Name.tsx'
import { dayText } from './words.ts'

/** The end of a transfer, in words. The history does not record whether the bytes were checked, so the words do not claim it. */
function endPhrase({ role, peer, outcome, problem, kept }: Earlier, { words, explanation }: Speech): Phrase {
  const { sentTo, gotFrom, failed } = words.transfers
  if (outcome === 'done')
    return { template: role === 'sender' ? sentTo : gotFrom, params: { peer: peer.alias } }
  if (problem === null) return { template: failed, params: {} }
  // Only a copy on this machine has a sender that knows the folder.
  const carrier = role === 'sender' && kept ? 'local' : null
  return explanation(problem, { role, peer, carrier }).summary
}

/** A transfer of an earlier run: its end, and the way to its files. */
export function EarlierCard({ one }: { readonly one: Earlier }) {
  const speech = useWords()
  const { words, fill, language } = speech
  return (
    <div
      data-testid="earlier"
      data-outcome={one.outcome}
      className="flex flex-col gap-1.5 rounded-card border border-line bg-surface px-3.5 py-3"
    >
      <div className="flex items-baseline justify-between gap-3">
        <MiddleEllipsis text={one.title} className="text-sm font-semibold" />
        <time dateTime={one.at} className="tabular shrink-0 text-xs text-ink-2">
          {dayText(new Date(one.at), new Date(), language)}
        </time>
      </div>
      <div className="flex items-center justify-between gap-3 text-xs">
        <span
          className={cx(
            'line-clamp-2 min-w-0 [overflow-wrap:anywhere]',
            one.outcome === 'failed' ? 'text-bad' : 'text-ink-2',
          )}
        >
          <Sentence {...endPhrase(one, speech)} />
        </span>
        <span className="flex shrink-0 items-center gap-1">
          {(one.bytes > 0 || one.outcome === 'done') && (
            <span className="tabular text-ink-2">{fill(words.transfers.size, { bytes: one.bytes })}</span>
          )}
          {one.kept && (
            <IconButton
              className="-my-1.5 -mr-1.5"
              label={words.transfers.show}
              onClick={() => void showTransfer(one.key)}
            >
              <FolderOpen size={14} aria-hidden />
            </IconButton>
          )}
        </span>
      </div>
    </div>
  )
}
