/** Bytes allocated at once. */
const BLOCK_BYTES = 64 * 1024

/** Bytes in their order, copied into blocks of a fixed size: small pieces take no more memory than their bytes. */
export class ByteStore {
  readonly #blocks: Buffer[] = []
  readonly #allocating: (bytes: number) => void
  #used = BLOCK_BYTES

  /** @param allocating called before each allocation with its size in bytes; what it throws leaves the store as it was */
  constructor(allocating: (bytes: number) => void) {
    this.#allocating = allocating
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#used === BLOCK_BYTES) this.#grow()
      const piece = bytes.subarray(at, at + BLOCK_BYTES - this.#used)
      this.#blocks.at(-1)?.set(piece, this.#used)
      this.#used += piece.length
      at += piece.length
    }
  }

  /** What was appended; the event loop turns between blocks. */
  async *blocks(): AsyncGenerator<Buffer, void, void> {
    for (const [index, block] of this.#blocks.entries()) {
      yield index === this.#blocks.length - 1 ? block.subarray(0, this.#used) : block
      await new Promise(setImmediate)
    }
  }

  #grow(): void {
    this.#allocating(BLOCK_BYTES)
    this.#blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES))
    this.#used = 0
  }
}
