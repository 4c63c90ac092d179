import { useState } from 'react'
import type { Snapshot } from '../../../../main/contract/ipc.ts'
import type { CopyCount } from '../../../../main/contract/report.ts'
import type { Technique } from '../../../../main/contract/technique.ts'
import { useWords } from '../../../i18n/words.ts'
import { useSettings } from '../../../state/settings.ts'
import { Pill } from '../../../ui/marks/Pill.tsx'
import { Tooltip } from '../../../ui/Tooltip.tsx'
import { bytePath } from './bytePath.ts'
import { levelOf, type Machine, PathDrawing } from './PathDrawing.tsx'
import { TechniqueMenus } from '../TechniqueMenus.tsx'
import { reportOf } from '../words.ts'

interface End {
  readonly technique: Technique | null
  readonly copies: CopyCount | null
}

/** The known facts of both ends: this machine's by its own counters, the other's as it reports them. */
export function endsOf(snapshot: Snapshot): { readonly sender: End; readonly receiver: End } {
  const { view, otherEnd } = snapshot
  const report = reportOf(snapshot)
  const own: End = {
    technique: report?.technique ?? view.choice?.technique ?? null,
    copies: view.copies,
  }
  const other: End = otherEnd ?? { technique: null, copies: null }
  return view.role === 'sender' ? { sender: own, receiver: other } : { sender: other, receiver: own }
}

function CopyPill({
  copies,
  text,
  unknown,
  testid,
}: {
  readonly copies: CopyCount | null
  readonly text: string
  readonly unknown: string
  readonly testid: string
}) {
  const { words, fill, rule } = useWords()
  if (copies === null) {
    return (
      <Pill tone="plain" data-testid={testid}>
        {unknown}
      </Pill>
    )
  }
  return (
    <Tooltip text={fill(words.path.rule, { rule: rule(copies.rule) })}>
      <span tabIndex={0} className="rounded-control">
        <Pill tone={copies.cpu === 0 ? 'strong' : 'cpu'} data-testid={testid}>
          {fill(text, { cpu: copies.cpu })}
        </Pill>
      </span>
    </Tooltip>
  )
}

/** Returns the previous object if nothing in it has changed, so that the drawing is not rendered again. */
function useSame<T>(value: T): T {
  const [held, setHeld] = useState(value)
  if (held === value || JSON.stringify(held) === JSON.stringify(value)) return held
  setHeld(value)
  return value
}

/** The drawing of the path with its counts, the technique's reason, and the menus. */
export function PathSection({
  snapshot,
  rate,
}: {
  readonly snapshot: Snapshot
  readonly rate: number | null
}) {
  const { words, fill, reason } = useWords()
  const alias = useSettings((state) => state.self.alias)
  const { view } = snapshot
  const { cipher, carrier, network, role, peer } = view
  const report = reportOf(snapshot)
  const ends = endsOf(snapshot)
  const inNode = carrier === 'body'
  const sends = role === 'sender'
  const machineOf = (side: 'sender' | 'receiver'): Machine => {
    const end = ends[side]
    const own = side === role
    return {
      name: own ? alias : peer.alias,
      path: bytePath({ ...end, cipher, carrier, network, role: side }),
      silent: !own && !inNode && end.technique === null,
    }
  }
  const sender = useSame(machineOf('sender'))
  const receiver = useSame(machineOf('receiver'))
  const own = sends ? ends.sender : ends.receiver
  const other = sends ? ends.receiver : ends.sender
  const dma =
    own.copies !== null && other.copies !== null ? own.copies.dma + other.copies.dma : own.copies?.dma
  const why = report?.reason ?? view.choice?.reason ?? null
  const caption = (sends ? sender : receiver).path.caption
  const fellBack = report?.fellBackFrom[0]
  const peerTried = snapshot.otherEnd?.fellBackFrom ?? null
  const passes = sender.path.cipherPasses + receiver.path.cipherPasses
  const sameMachine = network === 'loopback' || network === 'virtual'
  return (
    <section aria-label={words.path.title} className="flex flex-col gap-3">
      <div className="flex min-h-7 flex-wrap items-center justify-between gap-2">
        <h2 className="text-base font-semibold">{words.path.title}</h2>
        <TechniqueMenus snapshot={snapshot} />
      </div>
      <PathDrawing
        sender={sender}
        receiver={receiver}
        sameMachine={sameMachine}
        level={view.state.kind === 'running' ? levelOf(rate) : null}
      />
      <div className="flex flex-wrap gap-1.5">
        {(sends || snapshot.otherEnd !== null) && (
          <CopyPill
            copies={ends.sender.copies}
            text={words.path.sending}
            unknown={words.path.sendingUnknown}
            testid="copies-sending"
          />
        )}
        {(!sends || snapshot.otherEnd !== null) && (
          <CopyPill
            copies={ends.receiver.copies}
            text={words.path.receiving}
            unknown={words.path.receivingUnknown}
            testid="copies-receiving"
          />
        )}
        {own.copies?.check !== undefined && (
          <Pill tone="cpu" data-testid="copies-check">
            {fill(words.path.check, { check: own.copies.check })}
          </Pill>
        )}
        {dma !== undefined && (
          <Pill tone="dma" data-testid="copies-dma">
            {fill(words.path.dma, { dma })}
          </Pill>
        )}
        {passes > 0 && (
          <Pill tone="cipher" data-testid="cipher-passes">
            {fill(words.path.cipherPasses, { passes })}
          </Pill>
        )}
      </div>
      {(why !== null || caption !== null || peerTried !== null) && (
        <p
          className="selectable rounded-card bg-sunken px-3 py-2.5 text-xs leading-[18px] text-ink-2"
          data-testid="reason"
        >
          {why !== null && own.technique !== null && (
            <>
              <strong className="font-semibold text-ink">{own.technique}</strong>
              {fellBack === undefined ? words.path.becauseWord : words.path.fellBackWord}
              {fellBack === undefined
                ? reason(why)
                : fill(words.path.fellBack, { technique: fellBack.technique, reason: reason(fellBack.why) })}
              {words.path.becauseEnd}
            </>
          )}
          {caption !== null && words.path.captions[caption]}
          {peerTried !== null && other.technique !== null && (
            <span data-testid="peer-fell-back">
              {' '}
              {fill(words.path.peerFellBack, {
                peer: peer.alias,
                tried: peerTried,
                technique: other.technique,
              })}
            </span>
          )}
        </p>
      )}
    </section>
  )
}
