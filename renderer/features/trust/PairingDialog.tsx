import { ShieldAlert, ShieldCheck } from 'lucide-react'
import type { PairingView } from '../../../main/contract/pairing.ts'
import { formatFingerprint } from '../../../main/messages/index.ts'
import { useWords } from '../../i18n/words.ts'
import { answerPairing } from '../../state/trust.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { SideIcon } from '../../ui/marks/SideIcon.tsx'
import { Sentence } from '../../ui/text/Name.tsx'
import { useSettled } from '../../ui/useSettled.ts'

/** Six digits in two groups, large, each read alone by a screen reader. */
function Digits({ digits }: { readonly digits: string }) {
  const { words } = useWords()
  const groups = [digits.slice(0, 3), digits.slice(3)]
  return (
    <p className="rounded-card bg-sunken py-5 text-center">
      <span className="sr-only">{`${words.pairing.digits}: ${digits.split('').join(' ')}`}</span>
      <span
        aria-hidden
        data-testid="digits"
        className="selectable tabular text-[40px] leading-none font-semibold tracking-[0.08em]"
      >
        {groups.join('\u2009 ')}
      </span>
    </p>
  )
}

function Namesake({ peer }: Pick<PairingView, 'peer'>) {
  const { words } = useWords()
  if (peer.namesake === null) return null
  return (
    <p role="alert" className="flex gap-2.5 text-sm text-bad">
      <SideIcon icon={ShieldAlert} tone="bad" />
      <span>
        <Sentence template={words.accept.namesake} params={{ name: peer.namesake }} />
      </span>
    </p>
  )
}

function Facts({ peer }: Pick<PairingView, 'peer'>) {
  const { words, fill } = useWords()
  return (
    <details className="text-xs text-ink-2">
      <summary className="cursor-default">{words.pairing.details}</summary>
      <p className="mt-1">{fill(words.pairing.address, { host: peer.host })}</p>
      <p className="selectable mt-1 font-mono text-2xs" aria-label={words.accept.fingerprint}>
        {formatFingerprint(peer.fingerprint)}
      </p>
    </details>
  )
}

/** The question, and what the user can do, in each state of a pairing. */
function useContent({ id, state, peer, asked }: PairingView) {
  const { words, explanation } = useWords()
  const settled = useSettled(`${id} ${state.kind}`)
  const say = (answer: Parameters<typeof answerPairing>[1]) => () => void answerPairing(id, answer)
  const close = (
    <Button look="primary" onClick={say('close')}>
      {words.close}
    </Button>
  )
  const stop = <Button onClick={say('decline')}>{words.cancel}</Button>
  const choice = (no: string, yes: string, answer: 'open' | 'confirm') => (
    <>
      <Button disabled={!settled} onClick={say('decline')}>
        {no}
      </Button>
      <Button look="primary" disabled={!settled} onClick={say(answer)}>
        {yes}
      </Button>
    </>
  )
  const names = { peer: peer.alias }
  switch (state.kind) {
    case 'requested':
      return {
        body: <Sentence template={words.pairing.request} params={names} />,
        foot: choice(words.accept.refuse, words.pairing.open, 'open'),
      }
    case 'waiting':
      return {
        body: <Sentence template={asked ? words.pairing.preparing : words.pairing.waiting} params={names} />,
        foot: stop,
      }
    case 'comparing':
      return {
        body: <Sentence template={words.pairing.compare} params={names} />,
        digits: state.digits,
        note: state.confirmed ? <Sentence template={words.pairing.theirs} params={names} /> : null,
        foot: state.confirmed ? stop : choice(words.pairing.differ, words.pairing.same, 'confirm'),
      }
    case 'paired':
      return {
        body: <Sentence template={words.pairing.paired} params={names} />,
        icon: <SideIcon icon={ShieldCheck} tone="good" />,
        foot: close,
      }
    case 'ended': {
      const { summary, next } = explanation(state.problem)
      return {
        body: (
          <span role="alert">
            <Sentence {...summary} />{' '}
            <span className="text-ink-2">
              <Sentence {...next} />
            </span>
          </span>
        ),
        icon: <SideIcon icon={ShieldAlert} tone="bad" />,
        foot: close,
      }
    }
  }
}

/** A pairing from the request to its end. */
export function PairingDialog({ pairing }: { readonly pairing: PairingView }) {
  const { words } = useWords()
  const { peer, state, id } = pairing
  const content: ReturnType<typeof useContent> = useContent(pairing)
  const isOver = state.kind === 'paired' || state.kind === 'ended'
  return (
    <Dialog
      closable={isOver}
      onClose={() => void answerPairing(id, 'close')}
      title={<Sentence template={words.pairing.title} params={{ peer: peer.alias }} />}
      foot={content.foot}
    >
      <div className="flex flex-col gap-3 pb-3" data-testid="pairing">
        {!isOver && <Namesake peer={peer} />}
        <p className="flex gap-2.5 text-sm" aria-live="polite">
          {content.icon}
          <span>{content.body}</span>
        </p>
        {content.digits !== undefined && <Digits digits={content.digits} />}
        {content.note !== undefined && content.note !== null && (
          <p className="text-sm text-ink-2" aria-live="polite">
            {content.note}
          </p>
        )}
        {!isOver && <Facts peer={peer} />}
      </div>
    </Dialog>
  )
}
