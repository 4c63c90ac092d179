import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { app, protocol } from 'electron'

const SCHEME = 'penstock'
const HOST = 'app'
/** The page's address: a custom scheme, so that it has an origin and cannot access other files. */
export const PAGE_URL = `${SCHEME}://${HOST}/index.html`

/** Whether an address is our own page's. Node reports no origin for a scheme that is not the web's. */
export function isOurPage(address: string): boolean {
  const { protocol: scheme, host } = new URL(address)
  return scheme === `${SCHEME}:` && host === HOST
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** No content from elsewhere, no inline script, and only style elements with this page's nonce. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Must be called before the application is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built renderer and no other files. */
export function servePage(): void {
  const root = join(app.getAppPath(), 'out', 'renderer')
  protocol.handle(SCHEME, async (request) => {
    const { pathname } = new URL(request.url)
    const path = normalize(join(root, decodeURIComponent(pathname)))
    const type = TYPES[extname(path)]
    if (!isOurPage(request.url) || !path.startsWith(root + sep) || type === undefined) {
      return new Response('', { status: 404 })
    }
    try {
      const body = await readFile(path)
      if (extname(path) !== '.html')
        return new Response(new Uint8Array(body), { headers: { 'content-type': type } })
      const nonce = randomBytes(16).toString('base64url')
      return new Response(body.toString('utf8').replaceAll('__NONCE__', nonce), {
        headers: {
          'content-type': type,
          'content-security-policy': policy(nonce),
          'cache-control': 'no-store',
        },
      })
    } catch {
      return new Response('', { status: 404 })
    }
  })
}
