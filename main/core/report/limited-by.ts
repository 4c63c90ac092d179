import type { Limit, StreamSeconds } from '../../contract/limit.ts'

/** Shorter and smaller transfers mostly measure their own beginning and end. */
const LEAST_SECONDS = 1
const LEAST_BYTES = 1_000_000
/** Share of the time that a limit explains at least; if only one end is known, it must explain most of it. */
const LEAST_SHARE = 1 / 3
const LEAST_SHARE_ALONE = 1 / 2

/** The facts about a transfer that name what limits its rate. */
export interface LimitFacts {
  /** Of the streams at each end; null if not measured or not reported. */
  readonly sender: StreamSeconds | null
  readonly receiver: StreamSeconds | null
  readonly seconds: number
  readonly bytes: number
}

interface Shares {
  readonly disk: number
  readonly cpu: number
  /** Until the other end took or sent bytes. */
  readonly peer: number
}

/** Where the streams of one end spent their time, without the time in which they had no work. */
function sharesOf(times: StreamSeconds | null): Shares | null {
  if (times === null) return null
  const { file, socket, window, commit, idle } = times
  const busy = times.total - idle
  if (!(busy > 0)) return null
  const share = (seconds: number): number => Math.min(1, Math.max(0, seconds / busy))
  return {
    disk: share(file),
    cpu: share(busy - file - socket - window - commit),
    peer: share(socket + window),
  }
}

/** The shares of a receiver: its commit writes to the disk, too. */
function receiverShares(times: StreamSeconds | null): Shares | null {
  return sharesOf(times && { ...times, file: times.file + times.commit, commit: 0 })
}

/**
 * Names what limits the rate: the stage between the two files that was busy for the largest share of the time. Reading,
 * writing with the commit, and the two processors are busy as long as a stream of their end is at work there. The network
 * is busy while both ends wait for each other: at most the smaller of the two waiting shares. A sender that waits for a
 * slow receiver is no limit, since that receiver does not wait.
 *
 * Null if the transfer was too short, or if no stage stands out. If one end is not known, only the other end's own stages
 * can be named: what it waits for is not known.
 */
export function limitedBy({ sender, receiver, seconds, bytes }: LimitFacts): Limit | null {
  if (seconds < LEAST_SECONDS || bytes < LEAST_BYTES) return null
  const [from, into] = [sharesOf(sender), receiverShares(receiver)]
  const stages: readonly (readonly [Limit, number])[] = [
    ['source', from?.disk ?? 0],
    ['sender-cpu', from?.cpu ?? 0],
    ['network', Math.min(from?.peer ?? 0, into?.peer ?? 0)],
    ['receiver-cpu', into?.cpu ?? 0],
    ['target', into?.disk ?? 0],
  ]
  const [limit, share] = stages.reduce((most, one) => (one[1] > most[1] ? one : most))
  const least = from === null || into === null ? LEAST_SHARE_ALONE : LEAST_SHARE
  return share >= least ? limit : null
}
