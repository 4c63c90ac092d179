import { steadyNow } from '../../contract/clock.ts'
import type { EngineEnd, Sender } from '../../../native/index.ts'
import { type ErrorCode, PenstockError, toProblem } from '../../contract/errors.ts'
import type { SourceFacts } from '../../contract/facts.ts'
import type { Choice, SendTechnique } from '../../contract/technique.ts'
import { TLS_BODY } from '../../contract/report.ts'
import { entriesOf } from '../source/entries.ts'
import { planFacts, routeOf } from '../plan/facts.ts'
import { planSend } from '../plan/plan.ts'
import type { RouteOfBytes } from '../report/copies.ts'
import { techniqueNow } from '../report/report.ts'
import { cancelUpload } from '../protocol/localsend/calls.ts'
import { type ControlClient, openControl } from '../protocol/http/client.ts'
import type { OfferAnswer } from '../protocol/penstock/offer.ts'
import { NOTHING_REPORTED, type TechniqueNow } from '../protocol/penstock/technique.ts'
import { closeWay, openWay, StreamsBroke, throwWhereBroken, type Way } from './data-streams.ts'
import type { Attempt } from '../transfer/carrier.ts'
import { indexesOf, notDeliveredOf, notesOf } from '../transfer/delivery.ts'
import { failuresOf } from '../transfer/ends.ts'
import { sendingConveyance } from '../transfer/sealing.ts'
import { expectedConveyance } from './expected.ts'
import { type Known, offer } from './offer.ts'
import { SendingEngine } from './engine-carrier.ts'
import type { Missed } from './missed.ts'
import type { Cargo, Delivery } from './outgoing.ts'
import { BodyNotTaken, runInBody } from './outgoing-body.ts'
import { TechniqueExchange } from './technique-exchange.ts'

/** Time limit of a cancel request, in milliseconds. */
const CANCEL_TIMEOUT_MS = 2000
/** Refusals of a body that are less specific than the break of the streams. */
const OPAQUE_REFUSALS: readonly ErrorCode[] = ['protocol', 'peer-unreachable', 'not-a-peer']

/** Sends the cargo to a Penstock over the data channel or, if that is not requested or not available, in the HTTPS body. */
export async function sendToPenstock(cargo: Cargo): Promise<Delivery> {
  const { to } = cargo.options
  const control = openControl({
    host: to.host,
    port: to.port,
    protocol: to.protocol,
    expectedFingerprint: to.fingerprint,
    identity: cargo.identity,
  })
  try {
    const { answer, known } = await offer(control, cargo)
    const refused = refusedOf(cargo, answer)
    const carried = await carryAny(control, cargo, { answer, known, refused })
    return { ...carried, missed: [...refused, ...carried.missed], durability: answer.durability }
  } catch (error) {
    // If the answer crossed the cancel, the receiver has a session that waits for its first stream.
    const isTakenBack = cargo.signal.aborted && (await takeBack(control, cargo.transferId))
    throw isTakenBack && toProblem(error).code === 'cancel-unconfirmed'
      ? new PenstockError('cancelled-here')
      : error
  } finally {
    control.close()
  }
}

/** The entries that the receiver refuses, in the manifest's order. */
function refusedOf({ source }: Cargo, { refused }: OfferAnswer): readonly Missed[] {
  const codes = new Map(refused.map(({ index, code }) => [index, code]))
  const { entries } = source.manifest.totals()
  const indexes = [...codes.keys()].filter((index) => index < entries).sort((a, b) => a - b)
  return entriesOf(source.manifest.entriesAt(indexes)).map((entry): Missed => {
    const { index, path } = entry
    const code = codes.get(index) ?? 'unsafe-name'
    return { entry, by: 'failure', reason: { code, params: { path, name: path } } }
  })
}

/** Whether the receiver confirms that this cancel ends the transfer. */
async function takeBack(control: ControlClient, transferId: string): Promise<boolean> {
  try {
    return await cancelUpload(control, transferId, { signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS) })
  } catch {
    return false
  }
}

/** The facts about the files for the count of copies. */
function placeOf(source: SourceFacts | null): Pick<RouteOfBytes, 'fileSystem' | 'cachedShare'> {
  return { fileSystem: source?.fileSystem ?? null, cachedShare: source?.cachedShare ?? null }
}

/** The parameters agreed with the receiver. */
interface Agreed {
  readonly answer: OfferAnswer
  readonly known: Known
  readonly refused: readonly Missed[]
  readonly way: Way
}

/** Sends the entries on streams, or in a body if streams are not available. Closes every connection that it has opened. */
async function carryAny(control: ControlClient, cargo: Cargo, agreed: Omit<Agreed, 'way'>): Promise<Carried> {
  const way = await openWay(cargo, agreed.answer)
  try {
    cargo.signal.throwIfAborted()
    return await carry(control, cargo, { ...agreed, way })
  } catch (error) {
    if (!(error instanceof StreamsBroke)) throw error
    return await carryInstead(control, cargo, { agreed, broke: error })
  } finally {
    closeWay(way)
  }
}

/**
 * Sends the entries in a body after the streams broke. The receiver decides whether to accept it, or answers with the reason
 * for its end.
 */
async function carryInstead(
  control: ControlClient,
  cargo: Cargo,
  { agreed, broke }: { readonly agreed: Omit<Agreed, 'way'>; readonly broke: StreamsBroke },
): Promise<Carried> {
  cargo.signal.throwIfAborted()
  try {
    return await carry(control, cargo, { ...agreed, way: { kind: 'body', why: broke.why } })
  } catch (error) {
    const isOpaque = error instanceof BodyNotTaken && OPAQUE_REFUSALS.includes(error.code)
    throw isOpaque ? broke : error
  }
}

/** The result of one carrier. */
type Carried = Pick<Delivery, 'missed' | 'notes' | 'endedAt'>

async function carry(control: ControlClient, cargo: Cargo, agreed: Agreed): Promise<Carried> {
  const { answer, way } = agreed
  const attempt = start(control, cargo, agreed)
  const { carrier } = attempt
  const { sender } = carrier
  // A request body passes through Node at both ends, so there is no technique to report.
  const exchange =
    way.kind === 'body'
      ? null
      : new TechniqueExchange({
          control,
          sessionId: answer.sessionId,
          own: (ended) => techniqueNow(carrier.choice, sender.sample(), ended),
          onPeer: (now) => {
            attempt.peer = now
          },
        })
  try {
    const { manifest } = cargo.source
    const handOver = (): void => {
      sender.addManifest(
        manifest,
        agreed.refused.map(({ entry }) => entry.index),
      )
      sender.endOfFiles()
    }
    const end =
      way.kind === 'body'
        ? await runInBody({ sender, control, sessionId: answer.sessionId, handOver })
        : await runOnStreams(sender, way, handOver)
    throwWhereBroken(way, end, sender)
    const failures = failuresOf(end, 'receiver')
    const entries = entriesOf(manifest.entriesAt(failures.map(({ index }) => index)))
    const noted = sender.notes()
    const notedEntries = entriesOf(manifest.entriesAt(indexesOf(noted)))
    const endedAt = steadyNow()
    await exchange?.finish()
    const byIndex = new Map(entries.map((entry) => [entry.index, entry]))
    const missed = notDeliveredOf(failures, (index) => byIndex.get(index)).flatMap(
      ({ index, reason, by }): readonly Missed[] => {
        const entry = byIndex.get(index)
        return entry ? [{ entry, reason, by }] : []
      },
    )
    const notedAt = new Map(notedEntries.map((entry) => [entry.index, entry]))
    const notes = notesOf(noted, (index) => notedAt.get(index))
    return { missed, notes, endedAt }
  } catch (error) {
    // No effect if it has ended.
    sender.cancel('internal')
    throw error
  } finally {
    exchange?.stop()
  }
}

interface SendingAttempt extends Attempt<SendingEngine> {
  peer: TechniqueNow
}

/** Plans and creates the engine's sender, and begins the attempt. */
function start(control: ControlClient, cargo: Cargo, { answer, known, way }: Agreed): SendingAttempt {
  const { options } = cargo
  const inBody = way.kind === 'body'
  const conveyance = inBody ? TLS_BODY : sendingConveyance(way.cipher, options.technique)
  const route = inBody ? null : routeOf(way.streams[0].connection.localAddress, options.to.host)
  const facts = planFacts(conveyance, { source: known.source, route })
  // If the receiver decides otherwise, the chosen technique cannot run; the report names the reason.
  const decided = conveyance.cipher !== expectedConveyance(options).cipher
  const planned = planSend(facts, inBody || decided ? 'auto' : options.technique)
  const carrier = new SendingEngine({
    facts,
    choice: choiceOn(way, planned, decided),
    ...{ bufferBytes: options.bufferBytes, check: answer.check && conveyance.cipher === 'none' },
    ...(options.mapOptions === undefined ? {} : { mapOptions: options.mapOptions }),
    ...(options.dontcache === undefined ? {} : { dontcache: options.dontcache }),
    streams: inBody ? 1 : way.streams.length,
    route: route && { ...route, ...placeOf(known.source) },
  })
  const attempt: SendingAttempt = {
    ...{ identity: control.peer, carrier },
    peer: { ...NOTHING_REPORTED, technique: inBody ? null : answer.technique },
  }
  cargo.started(attempt)
  return attempt
}

function choiceOn(way: Way, planned: Choice<SendTechnique>, decided: boolean): Choice<SendTechnique> {
  if (way.kind === 'body') return { ...planned, reason: way.why }
  return decided ? { ...planned, reason: { code: 'receiver-encrypts' } } : planned
}

async function runOnStreams(
  sender: Sender,
  { control, streams }: Extract<Way, { readonly kind: 'streams' }>,
  handOver: () => void,
): Promise<EngineEnd> {
  sender.addControl(control.connection, control.keys)
  streams.forEach(({ connection, keys }, index) => {
    sender.addStream(connection, 1 + index, keys)
  })
  handOver()
  return sender.ended
}
