/** What precedes the first record of a sender: the preamble. */
export const PREAMBLE_BYTES = 64
const HEADER_BYTES = 5

/** Counts the records of a sender's stream by their headers. */
export class RecordCounter {
  /** Records whose header was read. */
  count = 0
  private skip = PREAMBLE_BYTES
  private header: number[] = []

  /** Takes what follows. */
  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const skipped = Math.min(this.skip, bytes.length - at)
      this.skip -= skipped
      at += skipped
      while (at < bytes.length && this.header.length < HEADER_BYTES) this.header.push(bytes[at++] ?? 0)
      if (this.header.length < HEADER_BYTES) return
      const [, , , high = 0, low = 0] = this.header
      this.skip = high * 256 + low
      this.header = []
      this.count += 1
    }
  }
}
