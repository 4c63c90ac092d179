import { createHash, X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import type { TestContext } from 'node:test'
import { TLSSocket } from 'node:tls'
import { z } from 'zod'
import type { Identity } from '../../../main/core/device/identity.ts'
import { listenLocally } from '../network/tcp.ts'

const bodySchema = z.object({
  fingerprint: z.string().optional(),
  info: z.object({ fingerprint: z.string() }).optional(),
})
const offerSchema = z.object({
  files: z.record(z.string(), z.object({ size: z.number(), fileName: z.string() })),
})

/** A receiver as LocalSend 1.18 is: TLS with a client certificate or nothing, and its SHA-256 must be the announced fingerprint. */
export interface StrictPeer {
  readonly port: number
  readonly fingerprint: string
  /** Content by file name, as it came. */
  readonly received: ReadonlyMap<string, Buffer>
}

/** Listens on 127.0.0.1 until the test ends. */
export async function startStrictPeer(t: TestContext, identity: Identity): Promise<StrictPeer> {
  const received = new Map<string, Buffer>()
  const names = new Map<string, string>()
  const trusted = new Set<string>()
  const mine = createHash('sha256')
    .update(new X509Certificate(identity.certificatePem).raw)
    .digest('hex')
    .toUpperCase()
  const about = {
    alias: 'Strict peer',
    version: '2.2',
    deviceModel: null,
    deviceType: 'desktop',
    fingerprint: mine,
  }
  const server = createServer({
    key: identity.privateKeyPem,
    cert: identity.certificatePem,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
  })
  server.on('secureConnection', (socket) => {
    if (socket.getPeerX509Certificate() === undefined) socket.destroy()
  })
  server.on('request', (request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk)
      const bytes = Buffer.concat(chunks)
      const { socket } = request
      const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
      const shown = createHash('sha256')
        .update(certificate?.raw ?? '')
        .digest('hex')
      const url = new URL(`https://x${request.url ?? ''}`)
      const end = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body))
      if (url.pathname.endsWith('/info')) return end(200, about)
      if (url.pathname.endsWith('/upload')) {
        if (!trusted.has(shown)) return end(403, {})
        received.set(names.get(url.searchParams.get('fileId') ?? '') ?? '', bytes)
        return end(200, {})
      }
      const text = bytes.toString('utf8')
      const message = bodySchema.parse(JSON.parse(text))
      if ((message.fingerprint ?? message.info?.fingerprint)?.toLowerCase() !== shown)
        return end(403, { message: 'certificate' })
      if (url.pathname.endsWith('/register')) return end(200, about)
      trusted.add(shown)
      const { files } = offerSchema.parse(JSON.parse(text))
      for (const [id, file] of Object.entries(files)) names.set(id, file.fileName)
      return end(200, {
        sessionId: 's',
        files: Object.fromEntries(Object.keys(files).map((id) => [id, `token-${id}`])),
      })
    })().catch(() => response.writeHead(400).end())
  })
  const port = await listenLocally(server)
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port, fingerprint: mine.toLowerCase(), received }
}
