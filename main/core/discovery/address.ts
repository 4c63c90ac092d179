import { isIP, isIPv6 } from 'node:net'
import { PenstockError } from '../../contract/errors.ts'

/** A device as a user writes it: an address is unambiguous, a name may be an alias or a host. */
export type Destination =
  | { readonly kind: 'address'; readonly host: string; readonly port: number | null }
  | {
      readonly kind: 'name'
      readonly name: string
      readonly host: string | null
      readonly port: number | null
    }

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i

function portOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return null
  const port = Number(text)
  return port >= 1 && port <= 65535 ? port : null
}

/**
 * Reads `IPv4[:port]`, `IPv6`, `[IPv6][:port]`, `host[:port]`, an alias or a fingerprint.
 * @throws PenstockError `usage` if it is written as an address but is not valid
 */
export function parseDestination(to: string): Destination {
  const text = to.trim()
  if (isIP(text) !== 0) return { kind: 'address', host: text, port: null }
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text)
  if (bracketed) {
    const [, host = '', digits] = bracketed
    const port = portOf(digits)
    if (!isIPv6(host) || (digits !== undefined && port === null)) throw notAnAddress(to)
    return { kind: 'address', host, port }
  }
  const [, host = '', digits] = /^(.+):(\d+)$/.exec(text) ?? []
  if (isIP(host) === 4 || HOST_NAME.test(host)) {
    const port = portOf(digits)
    if (port === null) throw notAnAddress(to)
    return { kind: 'address', host, port }
  }
  return { kind: 'name', name: text, host: HOST_NAME.test(text) ? text : null, port: null }
}

function notAnAddress(value: string): PenstockError {
  return new PenstockError('usage', { why: 'not-an-address', value })
}
