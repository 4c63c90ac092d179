import { File, Folder, Link, Lock, LockOpen, ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react'
import { useState } from 'react'
import type { IncomingOffer, Room } from '../../../main/contract/transfer.ts'
import { isClear } from '../../../main/contract/report.ts'
import { formatBytes, formatFingerprint } from '../../../main/messages/index.ts'
import { useWords } from '../../i18n/words.ts'
import { answerOffer } from '../../state/offers.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { CheckboxField } from '../../ui/controls/CheckboxField.tsx'
import { SideIcon } from '../../ui/marks/SideIcon.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { GroupTitle } from '../../ui/controls/Field.tsx'
import { LongList } from '../../ui/LongList.tsx'
import { MiddleEllipsis } from '../../ui/text/MiddleEllipsis.tsx'
import { Sentence } from '../../ui/text/Name.tsx'
import { useSettled } from '../../ui/useSettled.ts'

const ICONS = { file: File, directory: Folder, symlink: Link } as const

function OfferedList({ offer }: { readonly offer: IncomingOffer }) {
  const { words, fill } = useWords()
  const { preview, totals } = offer
  const all = totals.files + totals.directories + totals.symlinks
  const hidden = Math.max(0, all - preview.length)
  const sizeOf = ({ type, size }: IncomingOffer['preview'][number]): string =>
    type === 'file' ? formatBytes(size) : type === 'directory' ? words.send.folder : words.accept.link
  return (
    <LongList
      items={preview}
      keyOf={({ path }) => path}
      rowHeight={26}
      label={words.accept.listLabel}
      testid="offered"
      className="max-h-[clamp(78px,18vh,176px)]"
      foot={
        hidden > 0 && (
          <p className="border-t border-line px-2.5 py-1 text-xs text-ink-3">
            {fill(words.accept.listMore, { more: hidden })}
          </p>
        )
      }
    >
      {(entry) => {
        const Icon = ICONS[entry.type]
        return (
          <>
            <Icon size={14} aria-hidden className="shrink-0 text-ink-2" />
            <MiddleEllipsis text={entry.path} className="flex-1 text-xs" />
            <span className="tabular shrink-0 text-xs text-ink-2">{sizeOf(entry)}</span>
          </>
        )
      }}
    </LongList>
  )
}

function Who({ offer }: { readonly offer: IncomingOffer }) {
  const { words, fill } = useWords()
  const { proved, trusted, recent, namesake, fingerprint, host } = offer.peer
  const state = trusted
    ? words.accept.trusted
    : recent
      ? words.accept.recent
      : proved
        ? words.accept.unknown
        : words.accept.unproved
  return (
    <div className="flex gap-2.5 rounded-card bg-sunken px-3 py-2.5">
      {namesake === null ? (
        <SideIcon icon={trusted ? ShieldCheck : ShieldQuestion} tone={trusted ? 'good' : 'quiet'} />
      ) : (
        <SideIcon icon={ShieldAlert} tone="bad" />
      )}
      <div className="min-w-0">
        <p className="text-sm">
          {namesake === null ? (
            state
          ) : (
            <span role="alert" className="text-bad">
              <Sentence template={words.accept.namesake} params={{ name: namesake }} />
            </span>
          )}{' '}
          <span className="text-ink-2">{fill(words.accept.address, { host })}</span>
        </p>
        {proved && !trusted && (
          <p
            className="selectable mt-1 font-mono text-2xs text-balance text-ink-2"
            aria-label={words.accept.fingerprint}
          >
            {formatFingerprint(fingerprint)}
          </p>
        )}
      </div>
    </div>
  )
}

/** What the offer needs of the disk, and what is free; nothing if the file system does not report it. */
function RoomLine({ needed, free }: Room) {
  const { words, fill } = useWords()
  if (free === null) return null
  const fits = needed <= free
  return (
    <p className={`tabular text-xs ${fits ? 'text-ink-2' : 'text-bad'}`} role={fits ? undefined : 'alert'}>
      {fill(fits ? words.accept.room : words.accept.noRoom, { needed, free })}
    </p>
  )
}

/** Asks whether to accept an offer: shows the sender, the files, the destination and the encryption. */
export function AcceptDialog({
  offer,
  waiting,
}: {
  readonly offer: IncomingOffer
  readonly waiting: number
}) {
  const { words, fill } = useWords()
  const [remember, setRemember] = useState(false)
  const { preview: _, ...shown } = offer
  const settled = useSettled(JSON.stringify(shown))
  const { files, directories, bytes } = offer.totals
  const clear = isClear(offer)
  const Icon = clear ? LockOpen : Lock
  const summary =
    directories > 0
      ? fill(words.accept.summaryFolders, { files, folders: directories, bytes })
      : fill(words.accept.summary, { files, bytes })
  const answer = (accept: boolean): void => {
    void answerOffer(offer.offerId, accept, accept && remember)
  }
  return (
    <Dialog
      wide
      closable={false}
      onClose={() => answer(false)}
      title={<Sentence template={words.accept.title} params={{ peer: offer.peer.alias }} />}
      foot={
        <>
          {waiting > 0 && (
            <span className="flex-1 text-xs text-ink-2">{fill(words.accept.waiting, { more: waiting })}</span>
          )}
          <Button disabled={!settled} onClick={() => answer(false)}>
            {words.accept.refuse}
          </Button>
          <Button look="primary" disabled={!settled} onClick={() => answer(true)}>
            {words.accept.accept}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 pb-3" data-testid="offer">
        <Who offer={offer} />
        <section className="flex flex-col gap-1.5" aria-label={words.accept.what}>
          <div className="flex items-baseline justify-between gap-3">
            <GroupTitle>{words.accept.what}</GroupTitle>
            <span className="tabular text-xs text-ink-2">{summary}</span>
          </div>
          <OfferedList offer={offer} />
        </section>
        <section className="flex flex-col gap-1" aria-label={words.accept.where}>
          <GroupTitle>{words.accept.where}</GroupTitle>
          <MiddleEllipsis text={offer.folder} className="selectable text-sm" />
          <RoomLine {...offer.room} />
        </section>
        <p className="flex items-start gap-2 text-sm">
          <SideIcon icon={Icon} size={16} tone="quiet" />
          {offer.carrier === 'body' && clear
            ? words.accept.http
            : clear
              ? words.accept.notEncrypted
              : words.accept.encrypted}
        </p>
        {offer.peer.proved && offer.peer.namesake === null && (
          <CheckboxField
            label={offer.peer.trusted ? words.accept.remember : words.accept.trustAndRemember}
            checked={remember}
            onChange={setRemember}
          />
        )}
      </div>
    </Dialog>
  )
}
