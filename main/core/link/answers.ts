import type { IncomingMessage, ServerResponse } from 'node:http'
import { PenstockError } from '../../contract/errors.ts'
import type { LinkPages, LinkTrouble, PageAsset } from '../../contract/link.ts'

/** Sends a text as a whole. */
export function sendText(response: ServerResponse, status: number, { type, text }: PageAsset): void {
  const bytes = Buffer.from(text)
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': bytes.length }).end(bytes)
}

export function sendPage(response: ServerResponse, status: number, html: string): void {
  sendText(response, status, { type: 'text/html; charset=utf-8', text: html })
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, { type: 'application/json; charset=utf-8', text: JSON.stringify(body) })
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { Location: location, 'Content-Length': 0 }).end()
}

/** Accept-Language. */
export function languagesOf({ headers }: IncomingMessage): string {
  return headers['accept-language'] ?? ''
}

const STATUSES: Readonly<Record<LinkTrouble, number>> = {
  incomplete: 404,
  ended: 410,
  changed: 409,
  failed: 500,
}

/** Sends a page with the reason why there is no content. */
export function sendTrouble(
  request: IncomingMessage,
  response: ServerResponse,
  pages: LinkPages,
  kind: LinkTrouble,
): void {
  sendPage(response, STATUSES[kind], pages.trouble(kind, languagesOf(request)))
}

/** The page for a file that cannot be sent. */
export function troubleOf(error: unknown): LinkTrouble {
  const code = error instanceof PenstockError ? error.code : ''
  return ['file-changed', 'file-vanished', 'file-shrank'].includes(code) ? 'changed' : 'failed'
}
