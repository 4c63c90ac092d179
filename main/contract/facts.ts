/** Facts about the source on which the choice of a technique depends. */
export interface SourceFacts {
  readonly files: number
  /** Pieces in which it is read: whole files, or scattered ranges of files (then more than `files`). */
  readonly pieces: number
  readonly bytes: number
  /** Share of the bytes in the page cache, 0 to 1, from a sample; null if the system does not report it. */
  readonly cachedShare: number | null
  /** Whether content can be read without leaving pages in the page cache (the option `dontcache` of `readwrite`). */
  readonly skipsCache: boolean
  /** From statfs, e.g. "ext4", "tmpfs"; null if not known. */
  readonly fileSystem: string | null
}

/** Facts about the route to the other machine; null if the system does not report them. */
export interface RouteFacts {
  readonly interfaceName: string | null
  readonly driver: string | null
  /** Whether the interface supports scatter-gather. */
  readonly scatterGather: boolean | null
  /** Whether the card segments large buffers itself. */
  readonly tso: boolean | null
  /** Whether the kernel segments them just before the driver. */
  readonly gso: boolean | null
  /** Whether the card encrypts the records of a kernel-TLS socket. */
  readonly tlsOffload: boolean | null
  /** Bytes. */
  readonly mtu: number | null
  /** Mbit/s as reported by the driver; null also for a virtual interface. */
  readonly linkMbps: number | null
  /** Whether packets are passed in memory (loopback, veth), without DMA to a card. */
  readonly virtual: boolean
  /** Whether the other end is this machine. */
  readonly sameMachine: boolean
}
