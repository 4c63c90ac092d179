/** What is to be sent, as far as the choice of a technique depends on it. */
export interface SourceFacts {
  readonly files: number
  /** Pieces in which it is read: whole files, or scattered ranges of files (then more than `files`). */
  readonly pieces: number
  readonly bytes: number
  /** Share of the bytes that is in the page cache, 0 to 1, from a sample; null where the system does not say. */
  readonly cachedShare: number | null
  /** By statfs, e.g. "ext4", "tmpfs"; null where it is not known. */
  readonly fileSystem: string | null
}

/** The way to the other machine; null where the system does not say. */
export interface RouteFacts {
  readonly interfaceName: string | null
  readonly driver: string | null
  /** Whether the interface gathers a packet from several places in memory. */
  readonly scatterGather: boolean | null
  /** Whether the card cuts large buffers into segments by itself. */
  readonly tso: boolean | null
  /** Whether the kernel cuts them only just before the driver. */
  readonly gso: boolean | null
  /** Whether the card encrypts the records of a kernel-TLS socket. */
  readonly tlsOffload: boolean | null
  /** Bytes. */
  readonly mtu: number | null
  /** Mbit/s by the driver's word; null also for an interface that is not a card. */
  readonly linkMbps: number | null
  /** Whether packets are handed over in memory (loopback, veth), so that there is no DMA to a card. */
  readonly virtual: boolean
  /** Whether the other end is this machine. */
  readonly sameMachine: boolean
}
