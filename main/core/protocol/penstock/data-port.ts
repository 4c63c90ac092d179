import { addon, type Arrival, type DataPort } from '../../../../native/index.ts'
import type { ListenHost } from '../http/listen.ts'

/** Time for the preamble of a connection, in milliseconds. */
export const PREAMBLE_MS = 5000
/** Most connections without a preamble at once: in total, and per network. A sender has up to 16. */
export const MAX_PENDING = 64
export const MAX_PENDING_PER_NETWORK = 32

/**
 * Opens the data port of a receiver on the addresses of its control port; another port if `port` is taken. Null if no port
 * is available; bytes then go in the HTTPS body.
 */
export function openDataPort(
  host: ListenHost,
  port: number,
  onArrival: (arrival: Arrival) => void,
): DataPort | null {
  if (host === 'any') return openOnFirst(['::', '0.0.0.0'], port, onArrival)
  const first = openOnFirst(['127.0.0.1'], port, onArrival)
  if (first === null) return openOnFirst(['::1'], port, onArrival)
  const second = open('::1', first.port, onArrival)
  if (second === null) return first
  return {
    port: first.port,
    close: () => {
      first.close()
      second.close()
    },
  }
}

function openOnFirst(
  hosts: readonly string[],
  port: number,
  onArrival: (arrival: Arrival) => void,
): DataPort | null {
  for (const host of hosts) {
    for (const wanted of port === 0 ? [0] : [port, 0]) {
      const opened = open(host, wanted, onArrival)
      if (opened !== null) return opened
    }
  }
  return null
}

/** Null if the port is taken or this machine has no such address. */
function open(host: string, port: number, onArrival: (arrival: Arrival) => void): DataPort | null {
  try {
    return addon.openDataPort(
      {
        ...{ host, port, preambleTimeoutMs: PREAMBLE_MS },
        ...{ maxPending: MAX_PENDING, maxPendingPerNetwork: MAX_PENDING_PER_NETWORK },
      },
      onArrival,
    )
  } catch {
    return null
  }
}
