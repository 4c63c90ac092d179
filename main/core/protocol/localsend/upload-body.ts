import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { PenstockError } from '../../../contract/errors.ts'
import type { LocalSendFile } from './messages.ts'

/** All bytes arrived, but their hash is not the sender's. */
export class ChecksumError extends Error {}

/** Passes a body through; fails if its length or hash is not the announced one. */
export function exactly(file: LocalSendFile): Transform {
  let bytes = 0
  const hash = file.sha256 === null ? null : createHash('sha256')
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      hash?.update(chunk)
      if (bytes > file.size) done(new PenstockError('protocol', { detail: 'body longer than announced' }))
      else done(null, chunk)
    },
    flush(done) {
      const differs = hash !== null && hash.digest('hex') !== file.sha256
      if (bytes < file.size) done(new PenstockError('protocol', { detail: 'body shorter than announced' }))
      else done(differs ? new ChecksumError('checksum differs') : null)
    },
  })
}
