import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { TestContext } from 'node:test'
import { z } from 'zod'
import type { Device } from '../../../main/contract/device.ts'
import type { Identity } from '../../../main/core/device/identity.ts'
import { listenLocally } from '../network/tcp.ts'

const fileSchema = z.looseObject({
  fileName: z.string(),
  fileType: z.string(),
  size: z.number(),
  preview: z.string().optional(),
  metadata: z.looseObject({ modified: z.string() }).optional(),
})
const offerSchema = z.object({ files: z.record(z.string(), fileSchema) })
export type OfferedToFake = z.infer<typeof fileSchema>

/** The calls of LocalSend's upload, as a receiver gets them. */
export type Call = 'prepare-upload' | 'upload' | 'cancel'

/** Answers one call in place of the usual answer; false leaves the usual one to the receiver. */
export type Script = (call: Call, request: IncomingMessage, response: ServerResponse) => boolean

export interface FakeReceiver {
  readonly port: number
  /** The calls so far, in order. */
  readonly calls: readonly Call[]
  /** Bytes of request bodies that came with `upload`. */
  readonly uploaded: number
  /** The files of every offer that got the usual answer. */
  readonly offered: readonly OfferedToFake[]
  /** Names of the files that were confirmed, sorted. */
  readonly confirmed: readonly string[]
  /** The device as a sender is given it. */
  readonly device: Device
}

/** A LocalSend receiver on 127.0.0.1 that accepts everything unless its script does something else. Ends with the test. */
export async function fakeReceiver(
  t: TestContext,
  identity: Identity,
  script: Script,
  protocol: 'https' | 'http' = 'https',
): Promise<FakeReceiver> {
  const calls: Call[] = []
  let uploaded = 0
  const names = new Map<string, string>()
  const offered: OfferedToFake[] = []
  const confirmed: string[] = []
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    request.on('error', () => undefined)
    const call = callOf(request)
    if (call === null) {
      response.writeHead(404).end()
      return
    }
    calls.push(call)
    if (script(call, request, response)) return
    void usual(call, { request, response, names, offered }).then((bytes) => {
      if (call !== 'upload') return
      uploaded += bytes
      if (response.writableEnded) confirmed.push(names.get(queryOf(request).get('fileId') ?? '') ?? '')
    })
  }
  const { privateKeyPem: key, certificatePem: cert } = identity
  const server = protocol === 'https' ? createHttps({ key, cert }, handle) : createHttp(handle)
  const port = await listenLocally(server)
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    port,
    calls,
    offered,
    get uploaded() {
      return uploaded
    },
    get confirmed() {
      return [...confirmed].sort()
    },
    device: deviceAt(port, identity, protocol),
  }
}

function deviceAt(port: number, { fingerprint }: Identity, protocol: 'https' | 'http'): Device {
  return {
    id: protocol === 'https' ? fingerprint : `http://127.0.0.1:${port}`,
    fingerprint: protocol === 'https' ? fingerprint : '',
    alias: 'Phone',
    deviceModel: null,
    deviceType: 'mobile',
    kind: 'localsend',
    version: '2.1',
    protocol,
    host: '127.0.0.1',
    port,
    penstock: null,
    foundBy: ['address'],
    recent: false,
    trusted: false,
    namesake: null,
    lastSeen: 0,
  }
}

function queryOf({ url }: IncomingMessage): URLSearchParams {
  return new URL(url ?? '/', 'http://localhost').searchParams
}

function callOf({ url }: IncomingMessage): Call | null {
  const path = new URL(url ?? '/', 'http://localhost').pathname.replace('/api/localsend/v2/', '')
  return path === 'prepare-upload' || path === 'upload' || path === 'cancel' ? path : null
}

/** Bytes of the request's body. */
async function usual(
  call: Call,
  {
    request,
    response,
    names,
    offered,
  }: {
    readonly request: IncomingMessage
    readonly response: ServerResponse
    /** Of the files of the offer, by id; filled by it. */
    readonly names: Map<string, string>
    readonly offered: OfferedToFake[]
  },
): Promise<number> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk)
  } catch {
    return 0
  }
  const body = Buffer.concat(chunks)
  if (call === 'prepare-upload') {
    const { files } = offerSchema.parse(JSON.parse(body.toString()))
    for (const [id, { fileName }] of Object.entries(files)) names.set(id, fileName)
    offered.push(...Object.values(files))
    const tokens = Object.fromEntries(Object.keys(files).map((id) => [id, `token-${id}`]))
    response.end(JSON.stringify({ sessionId: 'session', files: tokens }))
  } else response.end()
  return body.length
}
