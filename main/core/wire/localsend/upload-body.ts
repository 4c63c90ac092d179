import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { PenstockError } from '../../../contract/errors.ts'
import type { LocalSendFile } from './messages.ts'

/** The bytes came in full and are not those that the sender hashed. */
export class ChecksumError extends Error {}

/** Passes a body on and fails it when it is longer, shorter or other than announced. */
export function exactly(file: LocalSendFile): Transform {
  let bytes = 0
  const hash = file.sha256 === null ? null : createHash('sha256')
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > file.size)
        return done(new PenstockError('protocol', { detail: 'body longer than announced' }))
      hash?.update(chunk)
      done(null, chunk)
    },
    flush(done) {
      if (bytes < file.size)
        return done(new PenstockError('protocol', { detail: 'body shorter than announced' }))
      if (hash !== null && hash.digest('hex') !== file.sha256)
        return done(new ChecksumError('checksum differs'))
      done()
    },
  })
}
