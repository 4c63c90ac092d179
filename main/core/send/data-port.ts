import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { addon, type Connection } from '../../../native/index.ts'
import { verifyHello } from '../protocol/penstock/preamble.ts'
import { withResolvers } from '../transfer/lifecycle.ts'

/** Resolves names; tests supply another function. */
export type Lookup = (host: string) => Promise<readonly string[]>

const systemLookup: Lookup = async (host) => (await lookup(host, { all: true })).map(({ address }) => address)

/**
 * The numeric addresses of a host, the system's preferred one first. A link-local address keeps its scope, as in
 * `fe80::1%eth0`. Empty if there is none, or if the system does not answer within the limit in milliseconds: its resolver
 * has no limit.
 */
export async function addressesOf(
  host: string,
  limitMs: number,
  find: Lookup = systemLookup,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  const timer = new AbortController()
  const late = sleep(limitMs, [], { signal: timer.signal }).catch(() => [])
  const found = await Promise.race([find(host).catch(() => []), late])
  timer.abort()
  return found
}

/** A receiver's data port, and the secret by which both sides authenticate there. */
export interface DataPortTarget {
  readonly host: string
  readonly port: number
  readonly secret: Uint8Array
}

/** Time limit in milliseconds for opening the streams, and the signal that ends it earlier. */
export interface OpenLimits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Opens one connection per preamble to a receiver's data port, all within `timeoutMs`. Null if one of them fails or its
 * HELLO is not the receiver's; the others are then closed. Rejects with the signal's reason as soon as it aborts;
 * connections still in progress are closed once established.
 */
export async function openStreams(
  to: DataPortTarget,
  preambles: readonly Uint8Array[],
  { timeoutMs, signal }: OpenLimits,
): Promise<readonly Connection[] | null> {
  signal.throwIfAborted()
  const aborted = withResolvers<never>()
  const abort = (): void => {
    aborted.reject(signal.reason)
  }
  signal.addEventListener('abort', abort, { once: true })
  const opening = openAll(to, preambles, { timeoutMs, signal })
  try {
    return await Promise.race([opening, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Never returns connections after the signal has aborted. */
async function openAll(
  to: DataPortTarget,
  preambles: readonly Uint8Array[],
  { timeoutMs, signal }: OpenLimits,
): Promise<readonly Connection[] | null> {
  const deadline = performance.now() + timeoutMs
  const addresses = await addressesOf(to.host, timeoutMs)
  const results = await Promise.all(
    preambles.map((preamble) => connectToAny(addresses, { ...to, preamble, deadline, signal })),
  )
  const connections = results.filter((connection) => connection !== null)
  if (connections.length === results.length && !signal.aborted) return connections
  for (const connection of connections) connection.close()
  return null
}

/** Tries the addresses in order; `deadline` is by performance.now(). */
async function connectToAny(
  addresses: readonly string[],
  {
    port,
    secret,
    preamble,
    deadline,
    signal,
  }: Omit<DataPortTarget, 'host'> &
    Pick<OpenLimits, 'signal'> & { readonly preamble: Uint8Array; readonly deadline: number },
): Promise<Connection | null> {
  for (const host of addresses) {
    const timeoutMs = Math.floor(deadline - performance.now())
    if (timeoutMs < 1 || signal.aborted) return null
    const connection = await addon.connect({ host, port, preamble, timeoutMs }).catch(() => null)
    if (connection && verifyHello(connection.hello, preamble, secret)) return connection
    connection?.close()
  }
  return null
}
