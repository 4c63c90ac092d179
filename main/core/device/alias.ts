import { hostname } from 'node:os'
import { cutAlias } from '../../contract/alias.ts'

/** The name shown to others unless the user chose one: the host name without its domain. */
export function defaultAlias(host: string = hostname()): string {
  const [first = ''] = host.split('.')
  return cutAlias(first) || 'Penstock'
}
