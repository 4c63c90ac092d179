import type { Readable } from 'node:stream'
import { PenstockError } from '../../../contract/errors.ts'
import type { ProvedIdentity } from '../../device/proved.ts'
import type { ControlClient, ControlRequest, ControlResponse } from '../http/client.ts'
import { offerProblem, uploadProblem } from './statuses.ts'
import {
  API_PREFIX,
  infoSchema,
  parseMessage,
  registrationBody,
  uploadAnswerSchema,
  type DeviceInfo,
  type SelfInfo,
  type UploadAnswer,
} from './messages.ts'

/** A file in an offer to a LocalSend device. */
export interface OfferedFile {
  readonly id: string
  /** Relative path with `/` between components. */
  readonly fileName: string
  readonly size: number
  /** MIME type. */
  readonly fileType: string
  readonly metadata?: { readonly modified?: string; readonly accessed?: string }
}

type CallOptions = Pick<ControlRequest, 'signal' | 'idleMs'>

const ANSWER_BYTES = 16 * 1024 * 1024
/** Milliseconds for the body of an answer after its status. */
const ANSWER_MS = 30_000
const DISCARD_BYTES = 64 * 1024
// The answer arrives after the other side has written the file to its disk.
const UPLOAD_IDLE_MS = 120_000
const MAX_OFFER_MS = 15 * 60 * 1000

/**
 * Reads an answer's body as text; throws `protocol` if it exceeds `maxBytes`, `timed-out` if it takes longer than `maxMs`
 * milliseconds, `peer-gone` if it breaks.
 */
export async function textOf(body: Readable, maxBytes = ANSWER_BYTES, maxMs = ANSWER_MS): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  const late = new PenstockError('timed-out', { seconds: maxMs / 1000 })
  const timer = setTimeout(() => body.destroy(late), maxMs)
  try {
    for await (const chunk of body) {
      const piece: unknown = chunk
      if (!(piece instanceof Uint8Array)) throw new Error('Expected bytes')
      bytes += piece.length
      if (bytes > maxBytes) throw new PenstockError('protocol', { detail: `answer over ${maxBytes} bytes` })
      chunks.push(Buffer.from(piece))
    }
  } catch (error) {
    throw error instanceof PenstockError ? error : new PenstockError('peer-gone', {}, { cause: error })
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Reads the rest of an answer whose status is sufficient, so that its connection can be reused. A long one is cut off. */
async function discard(body: Readable): Promise<void> {
  try {
    await textOf(body, DISCARD_BYTES)
  } catch {
    body.destroy()
  }
}

function json(body: object): Pick<ControlRequest, 'body' | 'headers'> {
  return { body: Buffer.from(JSON.stringify(body)), headers: { 'content-type': 'application/json' } }
}

async function deviceAnswer(client: ControlClient, response: ControlResponse): Promise<DeviceInfo> {
  const { host, port } = client.target
  const text = await textOf(response.body, 64 * 1024)
  if (response.status !== 200) throw new PenstockError('not-a-peer', { host, port, status: response.status })
  const info = parseMessage(infoSchema, text, 'info')
  // The certificate is the identity; the claimed fingerprint counts only without one.
  const { peerIdentity } = response
  return peerIdentity === null ? info : { ...info, fingerprint: peerIdentity.fingerprint }
}

/**
 * The device at the other end, by `info`. Throws `not-a-peer`, `protocol` and the errors of {@link ControlClient.request}.
 */
export async function fetchInfo(client: ControlClient, options: CallOptions = {}): Promise<DeviceInfo> {
  return deviceAnswer(client, await client.request({ method: 'GET', path: `${API_PREFIX}/info`, ...options }))
}

/** Registers this device and returns the one at the other end, by `register`. Throws as {@link fetchInfo}. */
export async function register(
  client: ControlClient,
  self: SelfInfo,
  options: CallOptions = {},
): Promise<DeviceInfo> {
  const path = `${API_PREFIX}/register`
  return deviceAnswer(
    client,
    await client.request({
      method: 'POST',
      path,
      repeatable: true,
      ...json(registrationBody(self)),
      ...options,
    }),
  )
}

/** An accepted offer. */
export interface AcceptedOffer extends UploadAnswer {
  /** The device that answered, as proved by its connection; null over plain HTTP. */
  readonly identity: ProvedIdentity | null
}

/**
 * Offers files to a LocalSend device and waits for its user, by default 15 minutes (`idleMs`). Throws `nothing-selected`,
 * `pin-needed`, `pin-wrong`, `pin-needs-encryption`, `refused`, `busy`, `too-many-attempts`, `peer-failed`, `protocol`, and
 * what {@link ControlClient.request} throws.
 */
export async function prepareUpload(
  client: ControlClient,
  offer: { readonly info: object; readonly files: readonly OfferedFile[]; readonly pin: string | null },
  options: CallOptions = {},
): Promise<AcceptedOffer> {
  const files = Object.fromEntries(offer.files.map((file) => [file.id, file]))
  const response = await client.request({
    method: 'POST',
    path: `${API_PREFIX}/prepare-upload`,
    ...(offer.pin === null ? {} : { query: { pin: offer.pin } }),
    ...json({ info: offer.info, files }),
    idleMs: MAX_OFFER_MS,
    ...options,
  })
  const { peerIdentity: identity } = response
  const encrypted = identity !== null
  if (response.status !== 200) {
    await discard(response.body)
    if (response.status === 204) throw new PenstockError('nothing-selected')
    throw offerProblem(response.status, { pinGiven: offer.pin !== null, encrypted })
  }
  const answer = parseMessage(uploadAnswerSchema, await textOf(response.body), 'prepare-upload')
  if (!offer.files.some(({ id }) => Object.hasOwn(answer.files, id))) {
    throw new PenstockError('nothing-selected')
  }
  if (answer.sessionId === '') throw new PenstockError('protocol', { detail: 'prepare-upload: no sessionId' })
  return { ...answer, identity }
}

/**
 * Sends one file's content; `stream` must yield exactly `size` bytes. Throws {@link FileRefused} if only this file was not
 * kept, `cancelled-by-peer`, `peer-failed`, `protocol`, and the errors of {@link ControlClient.request}.
 */
export async function uploadFile(
  client: ControlClient,
  file: {
    readonly sessionId: string
    readonly fileId: string
    readonly token: string
    readonly size: number
    readonly stream: Readable | AsyncIterable<Uint8Array>
  },
  options: CallOptions = {},
): Promise<void> {
  const { sessionId, fileId, token, size, stream } = file
  const { status, body } = await client.request({
    method: 'POST',
    path: `${API_PREFIX}/upload`,
    query: { sessionId, fileId, token },
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
    body: stream,
    idleMs: UPLOAD_IDLE_MS,
    ...options,
  })
  await discard(body)
  if (status < 200 || status > 299) throw uploadProblem(status)
}

/** Cancels a session, or without an id the open offer. Resolves with whether the other side confirms its end. */
export async function cancelUpload(
  client: ControlClient,
  sessionId: string | null,
  options: CallOptions = {},
): Promise<boolean> {
  const query = sessionId === null ? {} : { query: { sessionId } }
  const { status, body } = await client.request({
    method: 'POST',
    path: `${API_PREFIX}/cancel`,
    repeatable: true,
    ...query,
    ...options,
  })
  await discard(body)
  return status === 200
}
