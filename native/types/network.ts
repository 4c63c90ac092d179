import type { Connection } from './streams.ts'

export interface DataPortOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Time a connection has to send its 64-byte preamble, in milliseconds. */
  readonly preambleTimeoutMs: number
  /** Connections that may wait for their preamble or their verdict at once: for one more, the oldest of the network that has the most is closed. */
  readonly maxPending: number
  /** Connections of one network (IPv6 by /64) that may wait for their preamble at once: for one more, its oldest is closed. */
  readonly maxPendingPerNetwork: number
}

/** A connection whose preamble has arrived whole. Take it over with Receiver.addStream, or close it: it gets no byte before that. */
export interface Arrival {
  readonly preamble: Uint8Array
  readonly remoteAddress: string
  readonly connection: Connection
}

export interface DataPort {
  readonly port: number
  close(): void
}

/** What the system reports about the interface that leads to a peer; null if it cannot be queried. */
export interface RouteFacts {
  readonly interfaceName: string | null
  /** Driver by ethtool, e.g. "veth". */
  readonly driver: string | null
  /** ETHTOOL_GSG: the interface gathers a packet from several places in memory. */
  readonly scatterGather: boolean | null
  /** ETHTOOL_GTSO: the card cuts large buffers into segments by itself. */
  readonly tso: boolean | null
  /** ETHTOOL_GGSO: the kernel cuts them, but only just before the driver. */
  readonly gso: boolean | null
  /** Feature tls-hw-tx-offload: the card encrypts the records of a kernel-TLS socket. */
  readonly tlsOffload: boolean | null
  /** Bytes. */
  readonly mtu: number | null
  /** Mbit/s, by the driver's word; a virtual interface names a figure of its own. */
  readonly linkMbps: number | null
  readonly loopback: boolean
}

/** How this machine reaches an address. */
export interface PeerRoute {
  /** The address that a connection would have at this end; null if there is no route. */
  readonly localAddress: string | null
  /** Whether the address is one of this machine's own. */
  readonly sameMachine: boolean
}
