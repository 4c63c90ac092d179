import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'

const MEBIBYTE = 1024 * 1024

/** Writes a new file of `bytes` bytes quickly: one random block repeated, with a different number in each repetition. */
export async function writeBigFile(path: string, bytes: number, signal: AbortSignal): Promise<void> {
  const block = randomBytes(MEBIBYTE)
  const file = await open(path, 'wx')
  try {
    for (let written = 0; written < bytes; written += block.length) {
      signal.throwIfAborted()
      block.writeBigUInt64LE(BigInt(written), 0)
      await file.write(block, 0, Math.min(block.length, bytes - written))
    }
  } finally {
    await file.close()
  }
}
