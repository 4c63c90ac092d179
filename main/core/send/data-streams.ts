import type { Connection, EngineEnd, Sender, StreamKeys } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Reason } from '../../contract/technique.ts'
import type { OfferAnswer } from '../protocol/penstock/offer.ts'
import { streamKeys } from '../protocol/penstock/keys.ts'
import { encodePreamble } from '../protocol/penstock/preamble.ts'
import { openStreams } from './data-port.ts'
import { streamsOf } from './offer.ts'
import { engineKeys, sealedStreams, streamCiphers } from '../transfer/sealing.ts'
import { totalsOf } from '../source/walk.ts'
import type { Cargo } from './outgoing.ts'

/** A connection to the data port, with its keys if it is sealed. */
interface Stream {
  readonly connection: Connection
  readonly keys?: StreamKeys
}

/** How the bytes travel to the receiver. */
export type Way =
  | {
      readonly kind: 'streams'
      readonly port: number
      readonly cipher: 'none' | 'sealed'
      readonly control: Required<Stream>
      readonly streams: readonly [Stream, ...Stream[]]
    }
  | { readonly kind: 'body'; readonly why: Reason }

/**
 * Opens the streams of an accepted offer. If one fails, the bytes go in the HTTPS body. Rejects if the cargo is cancelled.
 */
export async function openWay(cargo: Cargo, answer: OfferAnswer): Promise<Way> {
  const { sessionId, secret, cipher, dataPort: port } = answer
  if (cipher === 'tls' || port === null) return { kind: 'body', why: whyInBody(cargo) }
  if (cipher === 'sealed' && sealedStreams(totalsOf(cargo.source.manifest)) === null) {
    return { kind: 'body', why: { code: 'too-many-records' } }
  }
  const preambles = Array.from({ length: 1 + streamsOf(cargo) }, (_, streamIndex) =>
    encodePreamble({ streamIndex, sessionId, secret }),
  )
  const to = { host: cargo.options.to.host, port, secret }
  const limits = { timeoutMs: cargo.limits.dataPortMs, signal: cargo.signal }
  const connections = (await openStreams(to, preambles, limits)) ?? []
  const [control, first, ...rest] = connections.map((connection, index) => {
    const keys = streamKeys(secret, preambles[index] ?? new Uint8Array(), connection.hello)
    return { connection, keys: engineKeys(keys, 'sender') }
  })
  if (!control || !first) return { kind: 'body', why: { code: 'data-port-silent', params: { port } } }
  const content = ({ connection, keys }: Required<Stream>): Stream =>
    cipher === 'none' ? { connection } : { connection, keys }
  return { kind: 'streams', port, cipher, control, streams: [content(first), ...rest.map(content)] }
}

function whyInBody({ options }: Cargo): Reason {
  if (streamCiphers(false).length === 0) return { code: 'cannot-seal' }
  return { code: options.security === 'clear' ? 'receiver-encrypts' : 'receiver-without-sealing' }
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
  for (const { connection } of way.kind === 'streams' ? [way.control, ...way.streams] : []) connection.close()
}
