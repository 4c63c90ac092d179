import { stat } from 'node:fs/promises'
import { addon } from '../../../native/index.ts'
import type { Device } from '../../contract/device.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { RouteFacts, SourceFacts } from '../../contract/facts.ts'
import {
  type Choice,
  type CopyTechnique,
  isSealing,
  type Reason,
  type ReceiveTechnique,
  type SendTechnique,
  type Technique,
} from '../../contract/technique.ts'
import { PLAIN_BODY, PLAIN_STREAMS, TLS_BODY, type Conveyance } from '../../contract/report.ts'
import { nearestFolder } from '../copy/same-place.ts'
import { Walk } from '../source/walk.ts'
import { fileSystemOf, planFacts, routeTo, sourceFacts } from './facts.ts'
import { type CopyPlace, planCopy, whyItCannot } from './copy-plan.ts'
import { type PlanFacts, planReceive, planSend } from './plan.ts'
import { planReceiveTransport, planSendTransport } from './transport.ts'

/** One row of the table of techniques, for this machine, this path and this route. */
export interface TechniqueRow<T extends Technique> {
  readonly technique: T
  /** Whether it can be chosen here. */
  readonly available: boolean
  /** Whether the plan chooses it. */
  readonly chosen: boolean
  readonly reason: Reason
}

/** A row of a transfer to another machine. */
export interface TransferRow<T extends Technique> extends TechniqueRow<T> {
  /** The transfers that the technique carries. */
  readonly security: 'encrypted' | 'clear'
}

export interface TechniqueTable {
  /** Those of encrypted transfers first. */
  readonly send: readonly TransferRow<SendTechnique>[]
  readonly receive: readonly TransferRow<ReceiveTechnique>[]
  /** File system of the path; null if none was given. */
  readonly fileSystem: string | null
  /** What would be sent; null if no path was given. */
  readonly source: SourceFacts | null
  /** The route to the peer; null if no peer was given or the route is not known. */
  readonly route: RouteFacts | null
  /** File name of the cipher library that encrypts streams; null if this machine has none, so that HTTPS encrypts. */
  readonly cipherLibrary: string | null
}

/** Why no other technique carries the body of a request. */
const NOT_IN_BODIES: readonly string[] = ['needs-clear', 'encrypted-in-node', 'body-in-node']

function rowsOf<T extends Technique>(choice: Choice<T>, supported: readonly Technique[]): TechniqueRow<T>[] {
  const first = { technique: choice.technique, available: true, chosen: true, reason: choice.reason }
  const others = choice.rejected.map(({ technique, why }) => ({
    technique,
    available: supported.includes(technique) && !NOT_IN_BODIES.includes(why.code),
    chosen: false,
    reason: why,
  }))
  return [first, ...others]
}

/**
 * The technique for a transfer of `path` to `to`, and why not the others; without them, what this machine supports. A
 * LocalSend device takes request bodies only. Throws as {@link Walk} does.
 */
export async function planTechniques(
  options: { readonly path?: string; readonly to?: Device } = {},
): Promise<TechniqueTable> {
  const { path, to } = options
  const [source, route] = await Promise.all([
    path === undefined ? null : sourceOf(path),
    to === undefined ? null : routeTo(to.host),
  ])
  const { send, receive } = techniqueRows(
    planFacts(PLAIN_STREAMS, { source, route }),
    to?.kind === 'localsend' ? to.protocol : null,
  )
  return {
    ...{ send, receive, source, route },
    fileSystem: path === undefined ? null : fileSystemOf(path),
    cipherLibrary: addon.cipherLibrary(),
  }
}

/**
 * The rows of both directions: by the transport that an encrypted transfer takes, and by plain streams.
 * @param body protocol of the requests that carry the bytes instead, in either direction; null if streams do
 */
export function techniqueRows(
  facts: PlanFacts,
  body: 'https' | 'http' | null,
): Pick<TechniqueTable, 'send' | 'receive'> {
  const { supported } = facts
  const send = (conveyance: Conveyance) => rowsOf(planSend({ ...facts, conveyance }, 'auto'), supported.send)
  const receive = (conveyance: Conveyance) =>
    rowsOf(planReceive({ ...facts, conveyance }, 'auto'), supported.receive)
  if (body !== null) {
    const conveyance = body === 'http' ? PLAIN_BODY : TLS_BODY
    const security = body === 'http' ? 'clear' : 'encrypted'
    return { send: secured(send(conveyance), security), receive: secured(receive(conveyance), security) }
  }
  return {
    send: byTransport(send, planSendTransport(facts, 'auto')),
    receive: byTransport(receive, planReceiveTransport(facts, 'auto')),
  }
}

function secured<T extends Technique>(
  rows: readonly TechniqueRow<T>[],
  security: 'encrypted' | 'clear',
): TransferRow<T>[] {
  return rows.map((row) => ({ ...row, security }))
}

/** Each technique under the transfers that it carries. */
function byTransport<T extends Technique>(
  rows: (conveyance: Conveyance) => TechniqueRow<T>[],
  encrypted: Conveyance | null,
): TransferRow<T>[] {
  const sealing = rows(encrypted ?? TLS_BODY).filter(({ technique }) => isSealing(technique))
  const plain = rows(PLAIN_STREAMS).filter(({ technique }) => !isSealing(technique))
  return [...secured(sealing, 'encrypted'), ...secured(plain, 'clear')]
}

/** Target of a copy on this machine. */
export interface CopyTarget extends CopyPlace {
  /** The folder, or its nearest existing parent. */
  readonly folder: string
  readonly fileSystem: string | null
}

export interface CopyTable {
  readonly copy: readonly TechniqueRow<CopyTechnique>[]
  readonly source: SourceFacts | null
  readonly target: CopyTarget
}

/**
 * The technique for a copy of `path` to the folder `dir` on this machine, and why not the others. Tests in the folder, with
 * two small temporary files, whether blocks can be shared. Throws `technique-unavailable` if no copy can be made here;
 * otherwise throws as `walk` does.
 */
export async function planCopyTechniques(options: {
  readonly path: string | null
  readonly dir: string
}): Promise<CopyTable> {
  const { path, dir } = options
  const [source, target] = await Promise.all([path === null ? null : sourceOf(path), copyTarget(path, dir)])
  const supported = addon.copyTechniques()
  const choice = planCopy(supported, 'auto', target)
  if (choice === null) {
    throw new PenstockError('technique-unavailable', { technique: 'clone', detail: process.platform })
  }
  const copy = rowsOf(choice, supported).map((row) => ({
    ...row,
    available: row.available && whyItCannot(row.technique, target) === null,
  }))
  return { copy, source, target }
}

async function copyTarget(path: string | null, dir: string): Promise<CopyTarget> {
  const folder = await nearestFolder(dir)
  const fileSystem = fileSystemOf(folder)
  return {
    folder,
    fileSystem,
    sharesBlocks: await triedToShare(folder),
    oneFileSystem: path === null ? null : await onOneFileSystem(path, folder, fileSystem),
  }
}

/** Null if it cannot be tried, as in a folder that is not writable. */
async function triedToShare(path: string): Promise<boolean | null> {
  try {
    const folder = addon.openFolder(path)
    try {
      return await addon.sharesBlocks(folder)
    } finally {
      folder.close()
    }
  } catch {
    return null
  }
}

/** By device number; null for btrfs, whose subvolumes have separate numbers. */
async function onOneFileSystem(path: string, folder: string, type: string | null): Promise<boolean | null> {
  const [from, to] = await Promise.all([stat(path), stat(folder)])
  if (from.dev === to.dev) return true
  return type === 'btrfs' && fileSystemOf(path) === 'btrfs' ? null : false
}

async function sourceOf(path: string): Promise<SourceFacts> {
  const { signal } = new AbortController()
  const walk = new Walk([path], signal)
  await walk.search(signal)
  return sourceFacts(walk.manifest, false)
}
