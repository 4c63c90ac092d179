import type { Connection } from '../../../native/index.ts'
import type { Reason } from '../../contract/technique.ts'
import type { OfferAnswer } from '../protocol/penstock/offer.ts'
import { encodePreamble } from '../protocol/penstock/preamble.ts'
import { openStreams } from './data-port.ts'
import { streamsOf } from './offer.ts'
import type { Cargo } from './outgoing.ts'

/** Time a data port has to answer before the bytes go in the HTTPS body, in milliseconds. */
const DATA_PORT_TIMEOUT_MS = 2000

/** How the bytes go to the receiver. */
export type Way =
  | { readonly kind: 'streams'; readonly connections: readonly [Connection, ...Connection[]] }
  | { readonly kind: 'body'; readonly why: Reason }

/** Opens the streams of an accepted offer; without all of them the bytes go in the HTTPS body. */
export async function openWay(cargo: Cargo, answer: OfferAnswer): Promise<Way> {
  if (cargo.options.security !== 'clear') return { kind: 'body', why: { code: 'encrypted-in-node' } }
  if (answer.security !== 'clear' || answer.dataPort === null) {
    return { kind: 'body', why: { code: 'receiver-encrypts' } }
  }
  const { sessionId, secret, dataPort: port } = answer
  const preambles = Array.from({ length: streamsOf(cargo) }, (_, streamIndex) =>
    encodePreamble({ streamIndex, sessionId, secret }),
  )
  const to = { host: cargo.options.to.host, port }
  const [first, ...rest] = (await openStreams(to, preambles, DATA_PORT_TIMEOUT_MS)) ?? []
  if (first) return { kind: 'streams', connections: [first, ...rest] }
  return { kind: 'body', why: { code: 'data-port-silent', params: { port } } }
}

/** Closes the connections of a way that no session has taken. */
export function closeWay(way: Way): void {
  for (const connection of way.kind === 'streams' ? way.connections : []) connection.close()
}
