import type { Connection, EngineEnd, Sender } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Reason } from '../../contract/technique.ts'
import type { OfferAnswer } from '../protocol/penstock/offer.ts'
import { encodePreamble } from '../protocol/penstock/preamble.ts'
import { openStreams } from './data-port.ts'
import { streamsOf } from './offer.ts'
import type { Cargo } from './outgoing.ts'

/** How the bytes travel to the receiver. */
export type Way =
  | {
      readonly kind: 'streams'
      readonly port: number
      readonly connections: readonly [Connection, ...Connection[]]
    }
  | { readonly kind: 'body'; readonly why: Reason }

/**
 * Opens the streams of an accepted offer. If one fails, the bytes go in the HTTPS body. Rejects if the cargo is cancelled.
 */
export async function openWay(cargo: Cargo, answer: OfferAnswer): Promise<Way> {
  if (cargo.options.security !== 'clear') return { kind: 'body', why: { code: 'encrypted-in-node' } }
  if (answer.security !== 'clear' || answer.dataPort === null) {
    return { kind: 'body', why: { code: 'receiver-encrypts' } }
  }
  const { sessionId, secret, dataPort: port } = answer
  const preambles = Array.from({ length: streamsOf(cargo) }, (_, streamIndex) =>
    encodePreamble({ streamIndex, sessionId, secret }),
  )
  const to = { host: cargo.options.to.host, port, secret }
  const limits = { timeoutMs: cargo.limits.dataPortMs, signal: cargo.signal }
  const [first, ...rest] = (await openStreams(to, preambles, limits)) ?? []
  if (first) return { kind: 'streams', port, connections: [first, ...rest] }
  return { kind: 'body', why: { code: 'data-port-silent', params: { port } } }
}

/** The streams broke before the receiver verified content, so it may still accept a body instead. */
export class StreamsBroke extends PenstockError {
  /** Why the bytes then go in a body. */
  readonly why: Reason

  constructor(port: number) {
    super('peer-gone')
    this.why = { code: 'data-port-broke', params: { port } }
  }
}

/** Throws {@link StreamsBroke} if a sender ended in this way. */
export function throwWhereBroken(way: Way, end: EngineEnd, sender: Sender): void {
  if (way.kind !== 'streams' || end.kind !== 'failed' || end.code !== 'peer-gone') return
  if (sender.sample().verifiedBytes === 0) throw new StreamsBroke(way.port)
}

/** Closes the connections of a way that no session uses. */
export function closeWay(way: Way): void {
  for (const connection of way.kind === 'streams' ? way.connections : []) connection.close()
}
