import { setTimeout as sleep } from 'node:timers/promises'
import { addon, type Connection, type EngineTechnique, type Sender } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { SourceFacts } from '../../contract/facts.ts'
import type { Security, SkippedFile } from '../../contract/report.ts'
import type { Choice, Reason, SendTechnique, Technique } from '../../contract/technique.ts'
import type { SourceEntry } from '../files/walk.ts'
import { planFacts, routeOf } from '../plan/facts.ts'
import { fallbackOrder, type PlanFacts, planSend, SEND_ORDER } from '../plan/plan.ts'
import type { RouteOfBytes } from '../report/copies.ts'
import { techniqueNow } from '../report/report.ts'
import { cancelUpload, textOf } from '../wire/localsend/calls.ts'
import { type ControlClient, openControl } from '../wire/localsend/client.ts'
import { STREAM_PATH } from '../wire/localsend/messages.ts'
import type { OfferAnswer } from '../wire/penstock/offer.ts'
import { encodePreamble } from '../wire/penstock/preamble.ts'
import type { TechniqueNow } from '../wire/penstock/technique.ts'
import { openStreams } from './data-port.ts'
import { failuresOf, skippedOf } from './ends.ts'
import { type BodyPipe, openBodyPipe } from './https-body.ts'
import { type Known, offer, streamsOf } from './offer.ts'
import type { Cargo, Carrier, Delivery } from './outgoing.ts'
import { statusProblem } from './status.ts'
import { TechniqueExchange } from './technique-exchange.ts'

/** Time a data port has to answer before the bytes go in the HTTPS body, in milliseconds. */
const DATA_PORT_TIMEOUT_MS = 2000
/** Time that a request may go on after the engine has said its last word, in milliseconds. */
const FAREWELL_MS = 2000
/** Time that telling the other side of a cancel may take, in milliseconds. */
const CANCEL_TIMEOUT_MS = 2000
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
    const accepted = entries.filter(({ index }) => !refused.has(index))
    const skipped: SkippedFile[] = entries.flatMap(({ index, path }) => {
      const code = refused.get(index)
      return code ? [{ path, kind: 'failure', problem: { code, params: { path, name: path } } }] : []
    })
    const carried = await carry(control, cargo, { answer, known }, accepted)
    return { ...carried, skipped: [...skipped, ...carried.skipped], durability: answer.durability }
  } catch (error) {
    // An answer that crossed the cancel leaves a session behind that waits for its first stream.
    if (cargo.signal.aborted) {
      await cancelUpload(control, cargo.transferId, { idleMs: CANCEL_TIMEOUT_MS }).catch(() => undefined)
    }
    throw error
  } finally {
    control.close()
  }
}

/** What the count of copies has to know of the files. */
function placeOf(source: SourceFacts | null): Pick<RouteOfBytes, 'fileSystem' | 'cachedShare'> {
  return { fileSystem: source?.fileSystem ?? null, cachedShare: source?.cachedShare ?? null }
}

type Opened =
  { readonly connections: readonly Connection[] } | { readonly connections: null; readonly why: Reason }

async function openConnections(cargo: Cargo, answer: OfferAnswer): Promise<Opened> {
  if (cargo.options.security !== 'clear') return { connections: null, why: { code: 'encrypted-in-node' } }
  if (answer.security !== 'clear' || answer.dataPort === null) {
    return { connections: null, why: { code: 'receiver-encrypts' } }
  }
  const { sessionId, secret, dataPort: port } = answer
  const preambles = Array.from({ length: streamsOf(cargo) }, (_, streamIndex) =>
    encodePreamble({ streamIndex, sessionId, secret }),
  )
  const to = { host: cargo.options.to.host, port }
  const connections = await openStreams(to, preambles, DATA_PORT_TIMEOUT_MS)
  return connections
    ? { connections }
    : { connections: null, why: { code: 'data-port-silent', params: { port } } }
}

async function carry(
  control: ControlClient,
  cargo: Cargo,
  offered: { readonly answer: OfferAnswer; readonly known: Known },
  entries: readonly SourceEntry[],
): Promise<Pick<Delivery, 'skipped' | 'endedAt'>> {
  const opened = await openConnections(cargo, offered.answer)
  try {
    cargo.signal.throwIfAborted()
    return await carryOver(opened, control, cargo, offered, entries)
  } finally {
    // Those that no sender has taken; nothing for the others.
    for (const connection of opened.connections ?? []) connection.close()
  }
}

async function carryOver(
  opened: Opened,
  control: ControlClient,
  cargo: Cargo,
  { answer, known }: { readonly answer: OfferAnswer; readonly known: Known },
  entries: readonly SourceEntry[],
): Promise<Pick<Delivery, 'skipped' | 'endedAt'>> {
  const security: Security = opened.connections ? 'clear' : 'https'
  const first = opened.connections?.[0]
  const route = first ? routeOf(first.localAddress, cargo.options.to.host) : null
  const facts = planFacts(security, { source: known.source, route })
  const supported = addon.supportedTechniques()
  const planned = planSend(facts, cargo.options.technique)
  const choice: Choice<SendTechnique> = opened.connections ? planned : { ...planned, reason: opened.why }
  const check = answer.check && security === 'clear'
  const sender = addon.createSender({
    technique: engineTechnique(choice.technique, supported.send),
    fallback: fallbackOrder(choice, SEND_ORDER, supported.send).map((name) =>
      engineTechnique(name, supported.send),
    ),
    bufferBytes: cargo.options.bufferBytes,
    check,
    ...(cargo.options.mapOptions === undefined ? {} : { mapOptions: cargo.options.mapOptions }),
  })
  const streams = opened.connections?.length ?? 1
  let peer: TechniqueNow = { technique: opened.connections ? answer.technique : null, fellBackFrom: null }
  const carrier = carrierOf(sender, facts, {
    ...{ security, choice, check, streams, identity: control.peer },
    route: route && { ...route, ...placeOf(known.source) },
    peer: () => peer,
  })
  cargo.started(carrier)
  // A request body passes through Node at both ends, and there is no technique to tell of.
  const exchange =
    opened.connections &&
    new TechniqueExchange({
      control,
      sessionId: answer.sessionId,
      own: (ended) => techniqueNow(carrier.choice, sender.sample(), ended),
      heard: (said) => {
        peer = said
      },
    })
  try {
    const end = opened.connections
      ? runOnConnections(sender, opened.connections, entries)
      : runInBody(sender, control, answer, entries)
    const skipped = skippedOf(failuresOf(await end), (index) => cargo.found.entries[index])
    const endedAt = Date.now()
    await exchange?.finish()
    return { skipped, endedAt }
  } finally {
    exchange?.stop()
    // Where something threw before its end; nothing after it.
    sender.cancel('internal')
  }
}

function carrierOf(
  sender: Sender,
  facts: PlanFacts,
  carried: Pick<Carrier, 'identity' | 'security' | 'check' | 'streams' | 'route'> & {
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
      const next = planSend(facts, asSend(technique))
      if (next.technique !== technique) {
        throw new PenstockError('technique-unavailable', { technique, why: facts.security })
      }
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

async function handOver(sender: Sender, entries: readonly SourceEntry[]): Promise<void> {
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

async function runOnConnections(
  sender: Sender,
  connections: readonly Connection[],
  entries: readonly SourceEntry[],
) {
  connections.forEach((connection, index) => {
    sender.addStream(connection, index)
  })
  await handOver(sender, entries)
  return sender.ended
}

async function runInBody(
  sender: Sender,
  control: ControlClient,
  answer: OfferAnswer,
  entries: readonly SourceEntry[],
) {
  const pipe = await openBodyPipe()
  const stop = new AbortController()
  try {
    sender.addStream(pipe.connection, 0)
    // Not the user's signal: the frame that says "cancelled" has to leave before the request ends.
    const exchange = exchangeBody(control, answer.sessionId, pipe, stop.signal)
    await handOver(sender, entries)
    const end = await sender.ended
    const refusal = await Promise.race([exchange, sleep(FAREWELL_MS, null, { ref: false })])
    if (end.kind === 'failed' && refusal) throw refusal
    return end
  } finally {
    stop.abort()
    pipe.close()
  }
}

/** Resolves with what ended the exchange before its time, or null; the engine sees only a closed connection. */
async function exchangeBody(
  control: ControlClient,
  sessionId: string,
  pipe: BodyPipe,
  signal: AbortSignal,
): Promise<PenstockError | null> {
  try {
    const response = await control.request({
      method: 'POST',
      path: STREAM_PATH,
      query: { sessionId },
      headers: { 'content-type': 'application/octet-stream' },
      body: pipe.outgoing,
      signal,
      idleMs: 0,
    })
    if (response.status !== 200) throw statusProblem(response.status, await textOf(response.body), false)
    await pipe.feed(response.body)
    return null
  } catch (error) {
    // The engine waits at the other end of the pair; it ends when this one closes.
    pipe.close()
    return error instanceof PenstockError ? error : new PenstockError('peer-gone', {}, { cause: error })
  }
}
