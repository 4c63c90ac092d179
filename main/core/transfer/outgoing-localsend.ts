import { open } from 'node:fs/promises'
import { constants } from 'node:fs'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream'
import { PenstockError, toProblem } from '../../contract/errors.ts'
import type { SkippedFile } from '../../contract/report.ts'
import type { Choice, SendTechnique } from '../../contract/technique.ts'
import { type SourceEntry, toTheEnd } from '../files/walk.ts'
import type { ProvedIdentity } from '../identity/proved.ts'
import { cancelUpload, prepareUpload, uploadFile } from '../wire/localsend/calls.ts'
import { type ControlClient, openControl } from '../wire/localsend/client.ts'
import { registrationBody } from '../wire/localsend/messages.ts'
import type { Cargo, Carrier, Delivery } from './outgoing.ts'

/** Files that are on their way at once, as LocalSend's own program does it. */
const PARALLEL_FILES = 2
/** Node's buffer for a file on its way into a body, in bytes. */
const READ_BUFFER_BYTES = 1024 * 1024

/** Carries files to a LocalSend device in request bodies; what its protocol cannot say is listed as skipped. */
export async function sendToLocalSend(cargo: Cargo): Promise<Delivery> {
  const { to } = cargo.options
  await toTheEnd(cargo.search())
  const { entries } = cargo.found
  const files = entries.filter(({ type }) => type === 'file')
  const skipped = entries.filter((entry, at) => cannotBeSaid(entry, entries[at + 1])).map(leftOut)
  if (files.length === 0) throw new PenstockError('nothing-to-send')
  const control = openControl({
    host: to.host,
    port: to.port,
    protocol: to.protocol,
    expectedFingerprint: to.protocol === 'https' ? to.fingerprint : null,
    identity: cargo.identity,
  })
  try {
    const failed = await upload(control, cargo, files)
    return { skipped: [...skipped, ...failed], durability: null, endedAt: Date.now() }
  } finally {
    control.close()
  }
}

/** LocalSend has no links and no empty folders; a folder with something in it comes by itself. */
function cannotBeSaid(entry: SourceEntry, next: SourceEntry | undefined): boolean {
  if (entry.type === 'symlink') return true
  // Parents stand before their children, so that the next entry tells whether there are any.
  return entry.type === 'directory' && !next?.path.startsWith(`${entry.path}/`)
}

function leftOut({ path }: SourceEntry): SkippedFile {
  return { path, kind: 'policy', problem: { code: 'not-regular', params: { path } } }
}

async function upload(
  control: ControlClient,
  cargo: Cargo,
  files: readonly SourceEntry[],
): Promise<SkippedFile[]> {
  const { options, signal } = cargo
  const offered = files.map(({ index, path, size, mtimeNs }) => ({
    id: String(index),
    fileName: path,
    size,
    fileType: 'application/octet-stream',
    metadata: { modified: new Date(Number(mtimeNs / 1_000_000n)).toISOString() },
  }))
  const offer = { info: registrationBody(cargo.info), files: offered, pin: options.pin }
  const answer = await takeBack(control, null, signal, () => prepareUpload(control, offer, { signal }))
  const progress = { bytes: 0, files: 0 }
  cargo.started(carrierOf(cargo, control.peer, progress))
  if (answer === null) return []
  const wanted = files.filter(({ index }) => answer.files[String(index)] !== undefined)
  const declined = files.filter(({ index }) => answer.files[String(index)] === undefined)
  const failed: SkippedFile[] = declined.map(({ path }) => ({
    path,
    kind: 'policy',
    problem: { code: 'refused' },
  }))
  const queue = wanted.values()
  const worker = async (): Promise<void> => {
    for (const file of queue) {
      const problem = await sendOne(control, answer, file, progress, signal)
      if (problem) failed.push({ path: file.path, kind: 'failure', problem })
    }
  }
  await takeBack(control, answer.sessionId, signal, () =>
    Promise.all(Array.from({ length: PARALLEL_FILES }, worker)),
  )
  if (failed.length === files.length && failed[0]) {
    const { code, params } = failed[0].problem
    throw new PenstockError(code, params)
  }
  return failed
}

/** Runs a step; when it is cancelled here, the other side is told before the error goes on. */
async function takeBack<T>(
  control: ControlClient,
  sessionId: string | null,
  signal: AbortSignal,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (signal.aborted) await cancelUpload(control, sessionId, { idleMs: 2000 }).catch(() => undefined)
    throw error
  }
}

/** Null when it arrived; a problem that concerns this file only is returned, any other is thrown. */
async function sendOne(
  control: ControlClient,
  answer: { readonly sessionId: string; readonly files: Readonly<Record<string, string>> },
  file: SourceEntry,
  progress: { bytes: number; files: number },
  signal: AbortSignal,
) {
  const before = progress.bytes
  try {
    const { sessionId } = answer
    const fileId = String(file.index)
    const token = answer.files[fileId] ?? ''
    const stream = await contentOf(file, progress)
    await uploadFile(control, { sessionId, fileId, token, size: file.size, stream }, { signal })
    progress.files++
    return null
  } catch (error) {
    progress.bytes = before
    const problem = toProblem(error)
    switch (problem.code) {
      case 'not-readable':
      case 'file-changed':
      case 'file-shrank':
      case 'file-vanished':
      case 'check-failed':
        return problem
      case 'refused':
        // Uploads are only refused once the session is gone: the other side's user has ended it.
        throw new PenstockError('cancelled-by-peer', {}, { cause: error })
      default:
        throw error
    }
  }
}

/** A file's bytes, counted; ends with a named error when it is not what was offered any more. */
async function contentOf(file: SourceEntry, progress: { bytes: number }): Promise<Readable> {
  const path = file.absolutePath
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw new PenstockError('not-readable', { path }, { cause: error })
    },
  )
  const { size, mtimeNs } = await handle.stat({ bigint: true })
  if (size !== BigInt(file.size) || mtimeNs !== file.mtimeNs) {
    await handle.close()
    throw new PenstockError('file-changed', { path })
  }
  let bytes = 0
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      progress.bytes += chunk.length
      if (bytes > file.size) done(new PenstockError('file-changed', { path }))
      else done(null, chunk)
    },
    flush(done) {
      done(bytes < file.size ? new PenstockError('file-shrank', { path }) : null)
    },
  })
  const source = handle.createReadStream({ highWaterMark: READ_BUFFER_BYTES, autoClose: true })
  return pipeline(source, count, () => undefined)
}

function carrierOf(
  cargo: Cargo,
  identity: ProvedIdentity | null,
  progress: { readonly bytes: number; readonly files: number },
): Carrier {
  const security = cargo.options.to.protocol
  const choice: Choice<SendTechnique> = {
    technique: 'readwrite',
    reason: { code: security === 'https' ? 'encrypted-in-node' : 'body-in-node' },
    rejected: [],
  }
  return {
    identity,
    security,
    choice,
    check: false,
    streams: PARALLEL_FILES,
    peer: { technique: null, fellBackFrom: null },
    route: null,
    progress: () => ({ ...progress, sample: null }),
    setTechnique: (technique) => {
      throw new PenstockError('technique-unavailable', { technique, why: security })
    },
    // The abort signal of the cargo ends the requests; the other side is told where they end.
    cancel: () => undefined,
  }
}
