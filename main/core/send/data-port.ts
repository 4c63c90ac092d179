import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { addon, type Connection } from '../../../native/index.ts'
import { verifyHello } from '../protocol/penstock/preamble.ts'
import { withResolvers } from '../transfer/lifecycle.ts'

/** How names are looked up; a test has its own. */
export type Lookup = (host: string) => Promise<readonly string[]>

const systemLookup: Lookup = async (host) => (await lookup(host, { all: true })).map(({ address }) => address)

/**
 * The numeric addresses of a host, the system's preferred one first. A link-local address keeps its scope, as in
 * `fe80::1%eth0`. Empty where there is none, and where the system does not answer within the limit, in milliseconds: its
 * resolver has none of its own.
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

/** A receiver's data port, and the secret by which it and the sender prove themselves there. */
export interface DataPortTarget {
  readonly host: string
  readonly port: number
  readonly secret: Uint8Array
}

/** How long the streams may take, in milliseconds, and what ends that before. */
export interface OpenLimits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Opens one connection for each preamble to a receiver's data port, all within `timeoutMs`. Null where one of them cannot be
 * had, or has another HELLO than the receiver's; the others are closed then. Rejects with the signal's reason as soon as it
 * is aborted; connections that are still being made are closed once they are.
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

/** Never gives connections once the signal is aborted. */
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
