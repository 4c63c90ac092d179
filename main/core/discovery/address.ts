import { isIP, isIPv6 } from 'node:net'

/** What a user may write for a device: an address is certain, a name may be an alias or a host. */
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

/** Reads `IPv4[:port]`, `IPv6`, `[IPv6]:port`, `host[:port]`, an alias or a fingerprint. */
export function parseDestination(to: string): Destination {
  const text = to.trim()
  const bracket = /^\[([^\]]+)\](?::(\d+))?$/.exec(text)
  if (bracket?.[1] !== undefined && isIPv6(bracket[1])) {
    return { kind: 'address', host: bracket[1], port: portOf(bracket[2]) }
  }
  if (isIP(text) !== 0) return { kind: 'address', host: text, port: null }
  const colon = text.lastIndexOf(':')
  const port = colon < 0 ? null : portOf(text.slice(colon + 1))
  const host = port === null ? text : text.slice(0, colon)
  if (port !== null && (isIP(host) === 4 || HOST_NAME.test(host))) return { kind: 'address', host, port }
  return { kind: 'name', name: text, host: HOST_NAME.test(text) ? text : null, port: null }
}
