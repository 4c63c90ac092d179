import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** Size of a block that is compressed at once, in bytes. */
const BLOCK_BYTES = 64 * 1024
/** The fastest level; it compresses the lines of a manifest to about a seventh. */
const LEVEL = 1

/** A byte sequence, stored compressed in blocks. */
export class ByteStore {
  readonly #packed: Buffer[] = []
  readonly #allocating: (bytes: number) => void
  #block: Buffer | null = null
  #used = 0

  /**
   * @param allocating called with the size in bytes of each allocation before it is kept; an error that it throws ends the
   * use of the store
   */
  constructor(allocating: (bytes: number) => void) {
    this.#allocating = allocating
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const block = this.#blockWithRoom()
      const piece = bytes.subarray(at, at + BLOCK_BYTES - this.#used)
      block.set(piece, this.#used)
      this.#used += piece.length
      at += piece.length
    }
  }

  /** The appended bytes; the event loop turns between blocks. */
  async *blocks(): AsyncGenerator<Buffer, void, void> {
    for (const packed of this.#packed) {
      yield inflateRawSync(packed)
      await new Promise(setImmediate)
    }
    if (this.#block) yield this.#block.subarray(0, this.#used)
  }

  /** The block being filled; a full one is compressed first. */
  #blockWithRoom(): Buffer {
    if (this.#block === null) {
      this.#allocating(BLOCK_BYTES)
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
    } else if (this.#used === BLOCK_BYTES) {
      const packed = deflateRawSync(this.#block, { level: LEVEL })
      this.#allocating(packed.length)
      // The result is the start of a larger allocation.
      const own = Buffer.allocUnsafeSlow(packed.length)
      packed.copy(own)
      this.#packed.push(own)
      this.#used = 0
    }
    return this.#block
  }
}
