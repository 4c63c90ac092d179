import type { Problem } from './errors.ts'
import type { TransferReport } from './report.ts'
import type { MapOption, SendTechnique } from './technique.ts'

/**
 * What is compared. `techniques`: all that run here; `textbook`: the comparison that textbooks make; `log`: one long file
 * in order, as a log broker serves a segment; `scattered`: thousands of ranges out of one file, as a queue serves messages;
 * `mapping`: `mmap` by each of its options.
 */
export const COMPARE_PRESETS = ['techniques', 'textbook', 'log', 'scattered', 'mapping'] as const
export type ComparePreset = (typeof COMPARE_PRESETS)[number]

/** Limits of measured rounds of each technique. */
export const COMPARE_RUNS = { min: 1, max: 100, default: 5 } as const

/** One way of sending that is compared with others. */
export interface CompareVariant {
  readonly technique: SendTechnique
  /** User-space buffer in bytes, for the techniques that have one. */
  readonly bufferBytes: number
  /** What `mmap` does to its windows; null: what is usual on this system. */
  readonly mapOptions: readonly MapOption[] | null
}

/** Median and range of several measurements. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** What textbooks say of a technique: copies of each byte and switches between modes for each buffer or call. */
export interface TextbookCount {
  readonly copies: number
  readonly switches: number
}

/** One technique's measurements. Where it could not run at all, `problem` says why and the rest is null. */
export interface CompareRow {
  readonly variant: CompareVariant
  /** Measured rounds; the warm-up is not among them. */
  readonly runs: number
  /** B/s from the first byte offered to "done". */
  readonly bytesPerSecond: Spread | null
  /** CPU seconds of the transfer's own threads for each GiB. */
  readonly senderCpuPerGib: Spread | null
  /** The same at the receiver; null where it does not tell. */
  readonly receiverCpuPerGib: Spread | null
  /** The reports of the round with the median rate. */
  readonly report: TransferReport | null
  readonly receiverReport: TransferReport | null
  /** Null for techniques that textbooks do not have. */
  readonly textbook: TextbookCount | null
  readonly problem: Problem | null
}

/**
 * How certain it is that the best median is more than chance. `clear`: its rounds lie apart from those of all others; `overlap`:
 * they do not; `few`: they do, but there are so few rounds that those of equals would lie apart too often.
 */
export const CERTAINTIES = ['clear', 'overlap', 'few'] as const
export type Certainty = (typeof CERTAINTIES)[number]

/** Which variant has the best median in one measure. */
export interface Lead {
  readonly variant: CompareVariant
  /** The best of those whose rounds overlap with the leader's; where none do, the second. */
  readonly next: CompareVariant
  readonly certainty: Certainty
  /** How many times better than the next, and than the worst; at least 1. */
  readonly timesNext: number
  readonly timesWorst: number
  readonly worst: CompareVariant
}

/** Who won; a lead is null where fewer than two variants were measured. */
export interface CompareVerdict {
  readonly rate: Lead | null
  /** By the sender's CPU seconds for each GiB. */
  readonly cpu: Lead | null
}

export interface Comparison {
  readonly preset: ComparePreset
  /** The other device's name; null: a receiver of the comparison's own on this machine, over loopback. */
  readonly peer: string | null
  /** What was sent in each round: its name, files and bytes. */
  readonly title: string
  readonly files: number
  readonly bytes: number
  readonly check: boolean
  readonly rows: readonly CompareRow[]
  readonly verdict: CompareVerdict
}

/** Where a comparison stands. Rounds count from 1; round 0 is the warm-up. */
export interface CompareProgress {
  readonly preset: ComparePreset
  readonly peer: string | null
  readonly round: number
  readonly rounds: number
  readonly variant: CompareVariant
  /** Transfers done, the warm-up's included, and how many there will be. */
  readonly done: number
  readonly total: number
  /** The rows as far as they have been measured. */
  readonly rows: readonly CompareRow[]
}
