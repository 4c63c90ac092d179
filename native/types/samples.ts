import type { CopyEngineTechnique } from './sessions.ts'
import type { EngineMapOption, EngineTechnique, EngineTransport } from './streams.ts'

/** What became of a map option. */
export interface MapOptionSample {
  readonly option: EngineMapOption
  /** Windows that it was done to. */
  readonly windows: number
  /** Why it could not be done to others: errno name and call. */
  readonly code?: string
  readonly syscall?: string
}

/**
 * Time of the session's streams since their start, summed over them, in seconds. What is left of `total` is the processor's:
 * running, or waiting for one where the system reports that.
 */
export interface StreamSeconds {
  readonly total: number
  /** Blocked in calls on files, page faults included. Also waits for a processor where the system does not report these. */
  readonly file: number
  /** In poll(2) until the socket took bytes, or had some. */
  readonly socket: number
  /** Of a sender: until the receiver had verified what the window holds. */
  readonly window: number
  /** Until the receiver had committed. */
  readonly commit: number
  /** Without work. */
  readonly idle: number
}

/** Counters of the session's own threads since its start. */
export interface EngineSample {
  /** Content bytes moved, holes included. */
  readonly bytes: number
  readonly holeBytes: number
  /** Sender: content bytes that the receiver has verified, or received with the check off. Receiver: that it has checked. */
  readonly verifiedBytes: number
  readonly filesDone: number
  readonly syscalls: Readonly<Record<string, number>>
  readonly userCopyBytes: number
  /**
   * Content bytes without holes, by the technique that moved them. Small files that travel many to a frame pass through a
   * buffer by `readwrite`. What was sent again is counted again.
   */
  readonly bytesBy: Readonly<Record<EngineTechnique, number>>
  /** Of those by `direct`: read from the disk, or written to it, past the page cache. The rest went through it. */
  readonly directBytes: number
  /** Bytes read for the range check only. */
  readonly checkBytes: number
  /** Bytes sent by `zerocopy` that the kernel said it had copied after all. */
  readonly kernelCopiedBytes: number
  /** 0 on Windows, which does not report them; so are the page faults. */
  readonly contextSwitches: { readonly voluntary: number; readonly involuntary: number }
  readonly cpuSeconds: { readonly user: number; readonly system: number }
  readonly pageFaults: { readonly minor: number; readonly major: number }
  readonly streamSeconds: StreamSeconds
  readonly technique: EngineTechnique
  /** Of the last stream that began; null before the first. */
  readonly transport: EngineTransport | null
  readonly fellBackFrom: readonly {
    readonly technique: EngineTechnique
    readonly code: string
    readonly syscall: string
  }[]
  /**
   * Content that `dontCache` moved without leaving pages in the page cache, and why it could not move the rest (errno name and
   * flag); null where the option was not requested.
   */
  readonly uncached: { readonly bytes: number; readonly code?: string; readonly syscall?: string } | null
  /** Windows that `mmap` has sent from, and what was done to them. Of a receiver there are none. */
  readonly mapped: { readonly windows: number; readonly options: readonly MapOptionSample[] }
}

/** Counters of the copier's own thread since its start. */
export interface CopierSample extends Pick<
  EngineSample,
  | 'bytes'
  | 'holeBytes'
  | 'filesDone'
  | 'syscalls'
  | 'userCopyBytes'
  | 'contextSwitches'
  | 'cpuSeconds'
  | 'pageFaults'
> {
  /** The technique of the last file. */
  readonly technique: CopyEngineTechnique
  /** Bytes by technique: of `clone` whole files, else without holes. */
  readonly bytesBy: Readonly<Record<CopyEngineTechnique, number>>
  /** Those of `copyrange` that came from another device than the staging folder's. */
  readonly rangeAcrossBytes: number
  readonly fellBackFrom: readonly {
    readonly technique: CopyEngineTechnique
    readonly code: string
    readonly syscall: string
  }[]
}
