import type { Device } from '../../contract/device.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Peers } from '../api.ts'
import { nameKey } from '../device/names.ts'
import { parseDestination } from './address.ts'

/** Milliseconds to wait for other devices with the same alias after the first, when the search has just begun. */
const SETTLE_MS = 700
/** Most milliseconds between two looks at the list during the scan. */
const LOOK_MS = 1000
const FINGERPRINT_LENGTH = 64
const FINGERPRINT_PREFIX = /^[0-9a-f]{8,64}$/

/**
 * The one device that matches: by the start of its fingerprint (8 digits or more; only devices with a certificate), else a
 * trusted device by its name, else by exact alias, else by alias in any case. A device that uses the name or address of a
 * trusted one matches only if no other does. Null if none matches; throws `peer-ambiguous` with the fingerprints.
 */
export function matchDevice(devices: readonly Device[], to: string): Device | null {
  const folded = to.toLowerCase()
  const key = nameKey(to)
  const own = devices.filter(({ namesake }) => namesake === null)
  const proved = devices.filter(({ protocol }) => protocol === 'https')
  const named = FINGERPRINT_PREFIX.test(folded)
    ? proved.filter(({ fingerprint }) => fingerprint.startsWith(folded))
    : []
  // A fingerprint precedes an alias; otherwise a device could use another's fingerprint as its alias.
  const groups =
    folded.length === FINGERPRINT_LENGTH && FINGERPRINT_PREFIX.test(folded)
      ? [named]
      : [
          named,
          devices.filter(({ alias, trusted }) => trusted && nameKey(alias) === key),
          own.filter(({ alias }) => alias === to),
          own.filter(({ alias }) => nameKey(alias) === key),
          devices.filter(({ alias }) => nameKey(alias) === key),
        ]
  const [first, ...others] = groups.find((group) => group.length > 0) ?? []
  if (first === undefined) return null
  if (others.length === 0) return first
  const fingerprints = [first, ...others].map(({ fingerprint }) => fingerprint).join(', ')
  throw new PenstockError('peer-ambiguous', { to, fingerprints })
}

/** {@link Peers.resolve} on a running discovery; `fresh` if it has just started. */
export async function resolveDevice(
  peers: Peers,
  to: string,
  waitMs: number,
  fresh: boolean,
): Promise<Device> {
  const destination = parseDestination(to)
  if (destination.kind === 'address') return peers.probe(destination.host, destination.port ?? undefined)
  const present = matchDevice(peers.list(), to)
  if (present !== null && present.namesake === null && !fresh) return present
  const { host } = destination
  let hostProblem: unknown = null
  const byHost =
    host === null
      ? Promise.resolve(null)
      : peers.probe(host).catch((error: unknown) => {
          hostProblem = error
          return null
        })
  const search = new AbortController()
  try {
    const byName = waitForMatch(peers, to, waitMs, search.signal)
    const named = byName.then((found) => found ?? byHost)
    const hosted = byHost.then((found) => found ?? byName)
    const found = await Promise.race([named, hosted])
    if (found !== null) return found
  } finally {
    search.abort()
  }
  if (hostProblem instanceof PenstockError && wasResolved(hostProblem)) throw hostProblem
  throw new PenstockError('peer-not-found', { to })
}

/** Whether the system resolved the name, so that the failure at its address is the one to report. */
function wasResolved({ params }: PenstockError): boolean {
  return params['errno'] !== 'ENOTFOUND' && params['errno'] !== 'EAI_AGAIN'
}

/** Null once `waitMs` are over and every way to find a device has been tried: a scan can take longer than the wait. */
async function waitForMatch(
  peers: Peers,
  to: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<Device | null> {
  const deadline = performance.now() + waitMs
  const search = { over: false }
  const searched = peers.searched().then(() => {
    search.over = true
  })
  let settled = Infinity
  for (;;) {
    if (signal.aborted) return null
    const now = performance.now()
    const found = matchDevice(peers.list(), to)
    // The trusted device whose name this is may still appear.
    if (found !== null && found.namesake === null) settled = Math.min(settled, now + SETTLE_MS)
    if (found !== null && (now >= settled || now >= deadline)) return found
    if (found === null && now >= deadline) {
      if (search.over) return null
      await Promise.race([change(peers, LOOK_MS, signal), searched])
    } else await change(peers, Math.max(1, Math.min(deadline, settled) - now), signal)
  }
}

/** Resolves at the next change of the list, after `ms`, or when the signal aborts. */
function change(peers: Peers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      stop()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    const stop = peers.onChange(done)
    signal.addEventListener('abort', done)
  })
}
