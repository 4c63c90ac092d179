import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { openSource } from '../send/source-body.ts'
import type { SourceEntry } from '../source/entries.ts'
import { PIECE_BYTES } from './file-answer.ts'
import { attachment } from './headers.ts'
import type { SharedFiles } from './shared-files.ts'

/** A separator that only Windows has would make another path of the name. */
function nameIn({ path }: SourceEntry): string {
  return path.replaceAll('\\', '_')
}

function optionsOf({ mtimeNs, mode }: SourceEntry): { readonly mtime: Date; readonly mode: number } {
  return { mtime: new Date(Number(mtimeNs / 1_000_000n)), mode }
}

/** The content of a file, which is opened when the archive reaches it. */
async function* contentOf(file: SourceEntry): AsyncGenerator<Uint8Array> {
  const source = await openSource(file)
  try {
    yield* source.content(() => undefined, { from: 0, to: file.size, pieceBytes: PIECE_BYTES })
  } finally {
    await source.close()
  }
}

/** One archive of all files, made while it is sent and stored without compression, so that its length is known. */
class Archive {
  readonly #zip = new ZipFile()
  /** Rejects at the first file that cannot be read as it was found. */
  readonly #broken: Promise<never>
  /** The file that is read now. */
  #reading: Readable | null = null

  constructor({ files, emptyFolders }: SharedFiles) {
    this.#broken = new Promise((_, reject) => this.#zip.on('error', reject))
    this.#broken.catch(() => undefined)
    for (const file of files) {
      const options = { ...optionsOf(file), size: file.size, compress: false }
      this.#zip.addReadStreamLazy(nameIn(file), options, (done) => {
        this.#reading = Readable.from(contentOf(file), { objectMode: false, highWaterMark: 1 })
        // The library leaves the errors of a stream to those who made it.
        this.#reading.on('error', (error) => this.#zip.emit('error', error))
        done(null, this.#reading)
      })
    }
    for (const folder of emptyFolders) this.#zip.addEmptyDirectory(nameIn(folder), optionsOf(folder))
  }

  /** The bytes of the whole; null if they are not known. */
  async length(): Promise<number | null> {
    const length = await new Promise<unknown>((resolve) => {
      // The types of the library leave out the argument.
      this.#zip.end(undefined, (...given: readonly unknown[]) => resolve(given[0]))
    })
    return typeof length === 'number' && length >= 0 ? length : null
  }

  /** Rejects if a file cannot be read as it was found, or if the browser goes away. */
  async sendTo(response: ServerResponse): Promise<void> {
    try {
      await Promise.race([pipeline(this.#zip.outputStream, response), this.#broken])
    } finally {
      this.#reading?.destroy()
    }
  }
}

/** Entries of archives that are made at the same time: each costs memory until its archive ends. */
const ENTRIES_AT_ONCE = 200_000

/** Makes the archives of one share. */
export class Archives {
  readonly #shared: SharedFiles
  #entries = 0

  constructor(shared: SharedFiles) {
    this.#shared = shared
  }

  /**
   * Answers with all files in one archive; 503 while too many are made. A file that has changed breaks the connection: a
   * short archive must not pass for the whole.
   */
  async answer(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    const entries = this.#shared.files.length + this.#shared.emptyFolders.length
    if (this.#entries > 0 && this.#entries + entries > ENTRIES_AT_ONCE) {
      response.writeHead(503, { 'Retry-After': 30, 'Content-Length': 0 }).end()
      return
    }
    this.#entries += entries
    try {
      const archive = new Archive(this.#shared)
      const length = await archive.length()
      response.writeHead(200, {
        'Content-Type': 'application/zip',
        'Content-Disposition': attachment(`${name}.zip`),
        'Accept-Ranges': 'none',
        ...(length === null ? {} : { 'Content-Length': length }),
      })
      if (request.method === 'HEAD') response.end()
      else await archive.sendTo(response)
    } finally {
      this.#entries -= entries
    }
  }
}
