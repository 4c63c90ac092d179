import type { Snapshot } from '../../../main/contract/ipc.ts'
import type { NotDelivered, TransferReport } from '../../../main/contract/report.ts'
import { isDeclined } from '../../../main/contract/transfer.ts'
import { type Phrase, visible } from '../../../main/messages/index.ts'
import type { Speech } from '../../i18n/words.ts'
import type { Entry } from '../../state/transfers.ts'
import { rateNumber, type RateUnit, unitFor } from '../../state/series.ts'

/** A short name of a transfer for people. */
export function titleOf({ view }: Snapshot, { words, fill }: Speech): string {
  const more = view.topEntries - 1
  return more > 0 ? fill(words.transfers.more, { title: view.title, more }) : visible(view.title)
}

/** The state of a transfer, in words; "checked" only if every byte was. */
export function statePhrase(snapshot: Snapshot, { words }: Speech): Phrase {
  const { view } = snapshot
  const { transfers } = words
  const peer = view.peer.alias
  const sends = view.role === 'sender'
  const plain = (template: string): Phrase => ({ template, params: { peer } })
  switch (view.state.kind) {
    case 'preparing':
      return plain(transfers.preparing)
    case 'offered':
      return plain(sends ? transfers.waitingForPeer : transfers.waitingForYou)
    case 'running':
      return plain(transfers.running)
    case 'committing':
      return plain(transfers.committing)
    case 'done': {
      const { verified, notDelivered } = view.state.report
      if (isEmpty(view.state.report)) {
        return plain(sends ? transfers.nothingDelivered : transfers.nothingReceived)
      }
      const what = isLocal(snapshot)
        ? transfers.copied
        : sends
          ? verified
            ? transfers.deliveredChecked
            : transfers.delivered
          : verified
            ? transfers.receivedChecked
            : transfers.received
      if (notDelivered.length === 0) return plain(what)
      return { template: transfers.withSkipped, params: { what, notDelivered: notDelivered.length } }
    }
    case 'refused':
      if (view.state.by === 'peer')
        return plain(isDeclined(view.state.problem) ? transfers.refusedByPeer : transfers.notSent)
      // The program also declines: an offer that the user did not see was not the user's to accept.
      return plain(view.state.problem.code === 'refused' ? transfers.refusedHere : transfers.declinedHere)
    case 'cancelled':
      return plain(view.state.by === 'here' ? transfers.cancelledHere : transfers.cancelledByPeer)
    case 'failed':
      return plain(transfers.failed)
  }
}

/** The same as one text. */
export function stateText(snapshot: Snapshot, speech: Speech): string {
  const { template, params } = statePhrase(snapshot, speech)
  return speech.fill(template, params)
}

export function reportOf({ view }: Snapshot): TransferReport | null {
  return view.state.kind === 'done' ? view.state.report : null
}

/** Whether it ended normally but none of its entries arrived. */
export function isEmpty({ entries, notDelivered }: TransferReport): boolean {
  return entries === 0 && notDelivered.length > 0
}

/** The entries that an ended transfer did not deliver, as far as known. */
export function notDeliveredOf({ view: { state } }: Snapshot): readonly NotDelivered[] {
  if (state.kind === 'done') return state.report.notDelivered
  return state.kind === 'cancelled' || state.kind === 'failed' ? (state.partial?.notDelivered ?? []) : []
}

/** Whether it copies to a folder on this computer, without a network. */
export function isLocal({ view }: Snapshot): boolean {
  return view.carrier === 'local'
}

export interface Rates {
  readonly unit: RateUnit
  /** Rate of the last second; null while nothing moves or nothing was measured. */
  readonly now: number | null
  readonly average: number | null
  /** Seconds left at the recent average; null if unknown. */
  readonly left: number | null
  readonly done: number
}

/** The speed of a transfer, in words. */
export function ratesOf({ snapshot, series, unit }: Entry): Rates {
  const { view, sampledAt } = snapshot
  const report = reportOf(snapshot)
  const total = view.totals.bytes
  if (report !== null) {
    const average = report.bytesPerSecond
    return { unit: unit ?? unitFor(average), now: null, average, left: null, done: report.bytes }
  }
  const elapsed = view.movingSince === null ? 0 : (sampledAt - view.movingSince) / 1000
  const average = elapsed > 0.2 ? view.bytes / elapsed : null
  const running = view.state.kind === 'running'
  const now = running ? series.now : null
  const speed = now === null || average === null ? null : now * 0.5 + average * 0.5
  const left = running && speed !== null && speed > 0 ? Math.max(0, total - view.bytes) / speed : null
  return { unit: unit ?? unitFor(now ?? average ?? 0), now, average, left, done: view.bytes }
}

/** A rate with its unit; the unit of a transfer is fixed once its rate has settled. */
export function rateText(rate: number, unit: RateUnit): string {
  return `${rateNumber(rate, unit)}\u00a0${unit}`
}

const DAY_MS = 24 * 60 * 60 * 1000

/** A date for people: the time if it is today, "yesterday", or the date. */
export function dayText(at: Date, now: Date, language: 'en' | 'zh'): string {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime()
  // A locale of English that writes 20 Nov and 10:42, like the rest of the window.
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  if (at.getTime() >= midnight) {
    return at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hour12: false })
  }
  if (at.getTime() >= midnight - DAY_MS) {
    return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-1, 'day')
  }
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const)
  return at.toLocaleDateString(locale, { day: 'numeric', month: 'short', ...year })
}
