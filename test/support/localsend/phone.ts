import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { z } from 'zod'

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

/** A LocalSend device of an older version: it shows no certificate, and each request has a connection of its own. */
export class Phone {
  readonly #port: number
  session: z.infer<typeof answerSchema> | null = null

  constructor(port: number) {
    this.#port = port
  }

  open(path: string, headers: Readonly<Record<string, string | number>> = {}): OpenRequest {
    const request = httpsRequest({
      host: '127.0.0.1',
      port: this.#port,
      method: 'POST',
      path: `/api/localsend/v2/${path}`,
      headers,
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
    const info = { alias, fingerprint: 'a-phone', version: '2.0' }
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
