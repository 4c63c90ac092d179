import type { ServerResponse } from 'node:http'

/** Every document is inert but for the pages' own style and script; nothing else is loaded, framed or told where it came from. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const

/** Sets the headers of every answer to a browser. */
export function protect(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
}

// Control characters and direction marks: a saved name must not look like another.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\/]/gu

/** A name without the characters that hide others or separate folders. */
export function plainName(name: string): string {
  return name.replace(HIDDEN, '_')
}

/** The header by which a browser saves a file under this name (RFC 6266), which may have any characters. */
export function attachment(name: string): string {
  const plain = plainName(name)
  const ascii = plain.replace(/[^A-Za-z0-9 ._()+,=@-]/g, '_')
  const encoded = encodeURIComponent(plain).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
