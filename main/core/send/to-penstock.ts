import {
  addon,
  type Connection,
  type EngineEnd,
  type EngineTechnique,
  type Sender,
} from '../../../native/index.ts'
import { steadyNow } from '../../contract/clock.ts'
import { type ErrorCode, PenstockError, toProblem } from '../../contract/errors.ts'
import type { SourceFacts } from '../../contract/facts.ts'
import { PLAIN_STREAMS, TLS_BODY, type NotDelivered } from '../../contract/report.ts'
import type { Choice, SendTechnique, Technique } from '../../contract/technique.ts'
import type { SourceEntry } from '../source/walk.ts'
import { planFacts, routeOf } from '../plan/facts.ts'
import { fallbackOrder, type PlanFacts, planSend, SEND_ORDER } from '../plan/plan.ts'
import { assertSendWish } from '../plan/wish.ts'
import type { RouteOfBytes } from '../report/copies.ts'
import { techniqueNow } from '../report/report.ts'
import { cancelUpload } from '../protocol/localsend/calls.ts'
import { type ControlClient, openControl } from '../protocol/http/client.ts'
import type { OfferAnswer } from '../protocol/penstock/offer.ts'
import type { TechniqueNow } from '../protocol/penstock/technique.ts'
import { closeWay, openWay, StreamsBroke, throwWhereBroken, type Way } from './data-streams.ts'
import { failuresOf, skippedOf } from '../transfer/ends.ts'
import { type Known, offer } from './offer.ts'
import type { Cargo, Carrier, Delivery } from './outgoing.ts'
import { BodyNotTaken, runInBody } from './outgoing-body.ts'
import { TechniqueExchange } from './technique-exchange.ts'

/** Time that a request to cancel may take, in milliseconds. */
const CANCEL_TIMEOUT_MS = 2000
/** Refusals of a body that say less than that the streams broke. */
const OPAQUE_REFUSALS: readonly ErrorCode[] = ['protocol', 'peer-unreachable', 'not-a-peer']
/** Entries handed over in one piece, so that the addon does not keep JavaScript busy for long. */
const ENTRIES_PER_PIECE = 1000

/** Carries the cargo to a Penstock over the data channel or, where that is not wanted or not to be had, in the HTTPS body. */
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
    const { entries } = cargo.found
    const refused = new Map(answer.refused.map(({ index, code }) => [index, code]))
    const wanted = entries.filter(({ index }) => !refused.has(index))
    const notDelivered: NotDelivered[] = entries.flatMap(({ index, path }) => {
      const code = refused.get(index)
      return code ? [{ path, by: 'failure', reason: { code, params: { path, name: path } } }] : []
    })
    const carried = await carryAny(control, cargo, { answer, known }, wanted)
    return {
      ...carried,
      notDelivered: [...notDelivered, ...carried.notDelivered],
      durability: answer.durability,
    }
  } catch (error) {
    // An answer that crossed the cancel leaves a session behind that waits for its first stream.
    const isTakenBack = cargo.signal.aborted && (await takeBack(control, cargo.transferId))
    throw isTakenBack && toProblem(error).code === 'cancel-unconfirmed'
      ? new PenstockError('cancelled-here')
      : error
  } finally {
    control.close()
  }
}

/** Whether the receiver says that the transfer ends because of this. */
async function takeBack(control: ControlClient, transferId: string): Promise<boolean> {
  try {
    return await cancelUpload(control, transferId, { signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS) })
  } catch {
    return false
  }
}

/** What the count of copies has to know of the files. */
function placeOf(source: SourceFacts | null): Pick<RouteOfBytes, 'fileSystem' | 'cachedShare'> {
  return { fileSystem: source?.fileSystem ?? null, cachedShare: source?.cachedShare ?? null }
}

/** What was agreed with the receiver. */
interface Agreed {
  readonly answer: OfferAnswer
  readonly known: Known
  readonly way: Way
}

/** Carries the entries on streams, or in a body where streams cannot be had. Closes every connection that it has opened. */
async function carryAny(
  control: ControlClient,
  cargo: Cargo,
  agreed: Omit<Agreed, 'way'>,
  entries: readonly SourceEntry[],
) {
  const way = await openWay(cargo, agreed.answer)
  try {
    cargo.signal.throwIfAborted()
    return await carry(control, cargo, { ...agreed, way }, entries)
  } catch (error) {
    if (!(error instanceof StreamsBroke)) throw error
    return await carryInstead(control, cargo, { agreed, broke: error }, entries)
  } finally {
    closeWay(way)
  }
}

/** Carries the entries in a body after the streams broke. The receiver decides whether it takes one; it may say why it ended. */
async function carryInstead(
  control: ControlClient,
  cargo: Cargo,
  { agreed, broke }: { readonly agreed: Omit<Agreed, 'way'>; readonly broke: StreamsBroke },
  entries: readonly SourceEntry[],
) {
  cargo.signal.throwIfAborted()
  try {
    return await carry(control, cargo, { ...agreed, way: { kind: 'body', why: broke.why } }, entries)
  } catch (error) {
    const isOpaque = error instanceof BodyNotTaken && OPAQUE_REFUSALS.includes(error.code)
    throw isOpaque ? broke : error
  }
}

async function carry(
  control: ControlClient,
  cargo: Cargo,
  agreed: Agreed,
  entries: readonly SourceEntry[],
): Promise<Pick<Delivery, 'notDelivered' | 'endedAt'>> {
  const { answer, way } = agreed
  const started = start(control, cargo, agreed)
  const { sender, carrier } = started
  // A request body passes through Node at both ends, and there is no technique to tell of.
  const exchange =
    way.kind === 'body'
      ? null
      : new TechniqueExchange({
          control,
          sessionId: answer.sessionId,
          own: (ended) => techniqueNow(carrier.choice, sender.sample(), ended),
          heard: started.heard,
        })
  try {
    const handOver = () => handFiles(sender, entries)
    const end =
      way.kind === 'body'
        ? await runInBody({ sender, control, sessionId: answer.sessionId, handOver })
        : await runOnStreams(sender, way.connections, handOver)
    throwWhereBroken(way, end, sender)
    const notDelivered = skippedOf(failuresOf(end, 'receiver'), (index) => cargo.found.entries[index])
    const endedAt = steadyNow()
    await exchange?.finish()
    return { notDelivered, endedAt }
  } catch (error) {
    // Harmless where it has ended.
    sender.cancel('internal')
    throw error
  } finally {
    exchange?.stop()
  }
}

/** Plans and makes the engine's sender. */
function start(control: ControlClient, cargo: Cargo, { answer, known, way }: Agreed) {
  const conveyance = way.kind === 'body' ? TLS_BODY : PLAIN_STREAMS
  const route = way.kind === 'body' ? null : routeOf(way.connections[0].localAddress, cargo.options.to.host)
  const facts = planFacts(conveyance, { source: known.source, route })
  const supported = addon.supportedTechniques()
  // Where the data port turned out not to be reached, no technique has a choice; the report says so.
  const planned = planSend(facts, way.kind === 'body' ? 'auto' : cargo.options.technique)
  const choice: Choice<SendTechnique> = way.kind === 'body' ? { ...planned, reason: way.why } : planned
  const check = answer.check && conveyance.carrier === 'engine'
  const sender = addon.createSender({
    technique: engineTechnique(choice.technique, supported.send),
    fallback: fallbackOrder(choice, SEND_ORDER, supported.send).map((name) =>
      engineTechnique(name, supported.send),
    ),
    bufferBytes: cargo.options.bufferBytes,
    check,
    ...(cargo.options.mapOptions === undefined ? {} : { mapOptions: cargo.options.mapOptions }),
  })
  let peer: TechniqueNow = { technique: way.kind === 'body' ? null : answer.technique, fellBackFrom: null }
  const carrier = carrierOf(sender, facts, {
    ...{ identity: control.peer, conveyance, choice, check },
    streams: way.kind === 'body' ? 1 : way.connections.length,
    route: route && { ...route, ...placeOf(known.source) },
    peer: () => peer,
  })
  cargo.started(carrier)
  const heard = (said: TechniqueNow): void => {
    peer = said
  }
  return { sender, carrier, heard }
}

function carrierOf(
  sender: Sender,
  facts: PlanFacts,
  carried: Pick<Carrier, 'identity' | 'conveyance' | 'check' | 'streams' | 'route'> & {
    choice: Choice<SendTechnique>
    peer: () => TechniqueNow
  },
): Carrier {
  let choice = carried.choice
  return {
    ...carried,
    get peer() {
      return carried.peer()
    },
    get choice() {
      return choice
    },
    progress: () => {
      const sample = sender.sample()
      return { bytes: sample.bytes, files: sample.filesDone, sample }
    },
    setTechnique: (technique) => {
      const { send: supported } = addon.supportedTechniques()
      const wanted = asSend(technique)
      assertSendWish(facts, wanted)
      const next = planSend(facts, wanted)
      sender.setTechnique(engineTechnique(technique, supported))
      choice = next
    },
    cancel: () => sender.cancel('cancelled'),
  }
}

function asSend(technique: Technique): SendTechnique {
  switch (technique) {
    case 'unseal':
    case 'clone':
    case 'copyrange':
    case 'copyfile':
      throw new PenstockError('technique-unavailable', { technique, why: 'sender' })
    default:
      return technique
  }
}

function engineTechnique(technique: Technique, supported: readonly EngineTechnique[]): EngineTechnique {
  const found = supported.find((name) => name === technique)
  if (!found) throw new PenstockError('technique-unavailable', { technique, why: process.platform })
  return found
}

async function handFiles(sender: Sender, entries: readonly SourceEntry[]): Promise<void> {
  for (let at = 0; at < entries.length; at += ENTRIES_PER_PIECE) {
    const files = entries.slice(at, at + ENTRIES_PER_PIECE).filter(({ type }) => type === 'file')
    sender.addFiles(
      files.map(({ index, absolutePath, size, mtimeNs, offset }) => ({
        ...{ index, path: absolutePath, size, mtimeNs },
        ...(offset === undefined ? {} : { offset }),
      })),
    )
    await new Promise(setImmediate)
  }
  sender.endOfFiles()
}

async function runOnStreams(
  sender: Sender,
  connections: readonly Connection[],
  handOver: () => Promise<void>,
): Promise<EngineEnd> {
  connections.forEach((connection, index) => {
    sender.addStream(connection, index)
  })
  await handOver()
  return sender.ended
}
