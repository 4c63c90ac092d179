import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { z } from 'zod'
import type { Identity } from '../../../main/core/device/identity.ts'

const answerSchema = z.object({ sessionId: z.string(), files: z.record(z.string(), z.string()) })

export interface PhoneFile {
  readonly id: string
  readonly fileName: string
  readonly size: number
  readonly sha256?: string
  readonly metadata?: { readonly modified: string }
}

export interface Answered {
  readonly status: number
  readonly text: string
}

/** A request whose body is still open. */
export interface OpenRequest {
  readonly request: ClientRequest
  /** Rejects if the connection ends without an answer. */
  readonly answered: Promise<Answered>
}

/**
 * A LocalSend device that sends. Each request has a connection of its own.
 *
 * Without an identity it is one of 1.14 to 1.17 (read at tag v1.17.0):
 * - it presents no certificate, and its offers have no hash: `app/lib/provider/network/send_provider.dart`;
 * - it probes a typed address, a favourite and its subnet by `GET v1/info`:
 *   `common/lib/src/task/discovery/http_target_discovery.dart`;
 * - it drops its uploads before it sends `/cancel`: `send_provider.dart`, `cancelSession`.
 *
 * With an identity it is one of 1.18 (read at tag v1.18.2):
 * - its client certificate has the announced fingerprint, in upper case: `packages/core/src/http/client/mod.rs`;
 * - each file of its offers has a SHA-256, and 422 is tried again: `packages/core/src/http/server/v2.rs`;
 * - it follows no redirect and uses no proxy: `packages/core/src/http/client/v2.rs`;
 * - it announces on `ff12::fd3a:e420` as well: `packages/core/src/multicast/mod.rs`.
 */
export class Phone {
  readonly #port: number
  readonly #identity: Identity | null
  session: z.infer<typeof answerSchema> | null = null

  constructor(port: number, identity: Identity | null = null) {
    this.#port = port
    this.#identity = identity
  }

  /** Looks for the device as this version does with a typed address. */
  probe(): Promise<Answered> {
    const path = this.#identity === null ? 'v1/info?fingerprint=a-phone' : 'v2/info'
    const { request, answered } = this.#request('GET', path, {})
    request.end()
    return answered
  }

  open(path: string, headers: Readonly<Record<string, string | number>> = {}): OpenRequest {
    return this.#request('POST', `v2/${path}`, headers)
  }

  #request(method: string, path: string, headers: Readonly<Record<string, string | number>>): OpenRequest {
    const certificate =
      this.#identity === null
        ? {}
        : { key: this.#identity.privateKeyPem, cert: this.#identity.certificatePem }
    const request = httpsRequest({
      host: '127.0.0.1',
      port: this.#port,
      method,
      path: `/api/localsend/${path}`,
      headers,
      ...certificate,
      rejectUnauthorized: false,
      agent: false,
    })
    const answered = once(request, 'response').then(([response]: IncomingMessage[]) => readAll(response))
    answered.catch(() => undefined)
    request.on('error', () => undefined)
    return { request, answered }
  }

  async post(path: string, body: string | Uint8Array = ''): Promise<Answered> {
    const { request, answered } = this.open(path, { 'content-length': Buffer.byteLength(body) })
    request.end(body)
    return answered
  }

  /** Offers files, and keeps the session if they are accepted. */
  async offer(files: readonly PhoneFile[], alias = 'Phone'): Promise<Answered> {
    const offered = files.map((file) => [file.id, { fileType: 'application/octet-stream', ...file }])
    const fingerprint = this.#identity?.fingerprint.toUpperCase() ?? 'a-phone'
    const info = { alias, fingerprint, version: this.#identity === null ? '2.1' : '2.2' }
    return this.prepare('prepare-upload', JSON.stringify({ info, files: Object.fromEntries(offered) }))
  }

  /** Sends an offer that a test wrote, and keeps the session if it is accepted. */
  async prepare(path: string, body: string): Promise<Answered> {
    const answer = await this.post(path, body)
    if (answer.status === 200) this.session = answerSchema.parse(JSON.parse(answer.text))
    return answer
  }

  uploadPath(fileId: string, token = this.session?.files[fileId] ?? ''): string {
    const query = new URLSearchParams({ sessionId: this.session?.sessionId ?? '', fileId, token })
    return `upload?${query.toString()}`
  }

  upload(fileId: string, body: string | Uint8Array): Promise<Answered> {
    return this.post(this.uploadPath(fileId), body)
  }

  /** Begins an upload and sends this much of it; the connection is open when this resolves. */
  async begin(fileId: string, size: number, part: string | Uint8Array): Promise<OpenRequest> {
    const opened = this.open(this.uploadPath(fileId), { 'content-length': size })
    await new Promise<void>((resolve) => opened.request.write(part, () => resolve()))
    return opened
  }

  cancel(withId = true): Promise<Answered> {
    return this.post(withId ? `cancel?sessionId=${this.session?.sessionId ?? ''}` : 'cancel')
  }
}

async function readAll(response: IncomingMessage | undefined): Promise<Answered> {
  if (!response) throw new Error('Expected a response')
  let text = ''
  for await (const chunk of response) if (chunk instanceof Buffer) text += chunk.toString()
  return { status: response.statusCode ?? 0, text }
}
