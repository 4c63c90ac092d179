import { hostname } from 'node:os'

/** Characters of an alias that are kept; longer ones are cut, so that lists stay readable everywhere. */
export const ALIAS_MAX = 64

/** The name shown to others where the user has not chosen one: the host name without its domain. */
export function defaultAlias(host: string = hostname()): string {
  const [first = ''] = host.split('.')
  return first.trim().slice(0, ALIAS_MAX) || 'Penstock'
}
