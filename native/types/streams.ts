/** How a call into the addon fails: the code of the platform's table, the system call, and the path if there is one. */
export interface NativeError extends Error {
  readonly code: string
  readonly syscall?: string
  readonly path?: string
}

export type EngineTechnique =
  | 'readwrite'
  | 'mmap'
  | 'gather'
  | 'sendfile'
  | 'transmitfile'
  | 'splice'
  | 'direct'
  | 'zerocopy'
  | 'seal'
  | 'unseal'
  | 'ktls'

/** Those that put a file into a socket, and those that take one out of it. */
export type SendingTechnique = Exclude<EngineTechnique, 'unseal'>
export type ReceivingTechnique = Exclude<
  EngineTechnique,
  'seal' | 'gather' | 'sendfile' | 'transmitfile' | 'zerocopy'
>

/** How the bytes of a stream meet its socket: unencrypted, or in TLS records of this process or of the kernel. */
export type EngineTransport = 'plain' | 'sealed' | 'kernel-tls'

/** Of one sealed stream: key and IV in 28 bytes, of what this end sends and of what it receives. */
export interface StreamKeys {
  readonly send: Uint8Array
  readonly receive: Uint8Array
}

/** How the streams that have keys are sealed. */
export interface SealingOptions {
  /** `kernel-tls` falls back to `sealed` if the kernel does not take the keys; `fellBackFrom` has the reason. */
  readonly transport: 'sealed' | 'kernel-tls'
  /** Records after which a stream takes no further content and another one sends the rest; 2^23 at most. */
  readonly recordLimit: number
}

/**
 * What `mmap` does to each window of a file before it sends from it: `sequential` and `willneed` advise the kernel (read far
 * ahead; begin to read), `populate` has all pages entered in the page table at once (MADV_POPULATE_READ), `lock` keeps
 * them in memory (mlock), in smaller windows if the process may not lock whole ones.
 */
export type EngineMapOption = 'sequential' | 'willneed' | 'populate' | 'lock'

/** A connected stream socket (or one end of a local pair) that belongs to the addon until a session takes it. */
export interface Connection {
  /** HELLO nonce of the receiver (32 bytes); empty for a local pair. */
  readonly hello: Uint8Array
  /** Address of this end, e.g. "192.168.1.2"; empty for a local pair. */
  readonly localAddress: string
  close(): void
}
