import type { FoundBy } from '../../contract/device.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Identity } from '../device/identity.ts'
import { fetchInfo, register } from '../protocol/localsend/calls.ts'
import { openControl } from '../protocol/http/client.ts'
import type { DeviceInfo, SelfInfo } from '../protocol/localsend/messages.ts'
import type { Sighting } from './registry.ts'

export interface Question {
  readonly host: string
  readonly port: number
  /** `any` tries HTTPS and, if the answer is not TLS, HTTP. */
  readonly protocol: 'https' | 'http' | 'any'
  /** The device that must answer; null for any. */
  readonly expectedFingerprint: string | null
  readonly identity: Identity
  /** What this device sends about itself; null to send nothing and only query. */
  readonly introduce: SelfInfo | null
  readonly foundBy: FoundBy
  /** Milliseconds for the connection, and again for the answer. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Queries one address for its device. Throws `peer-unreachable`, `not-a-peer`, `peer-identity-mismatch`. */
export async function query(question: Question): Promise<Sighting> {
  if (question.protocol !== 'any') return queryBy(question, question.protocol)
  try {
    return await queryBy(question, 'https')
  } catch (error) {
    const isHttps = error instanceof PenstockError && error.code !== 'not-a-peer'
    if (isHttps) throw error
    return queryBy(question, 'http')
  }
}

async function queryBy(question: Question, protocol: 'https' | 'http'): Promise<Sighting> {
  const { host, port, identity, introduce, foundBy, expectedFingerprint, timeoutMs } = question
  const client = openControl({ host, port, protocol, expectedFingerprint, identity, connectMs: timeoutMs })
  const limit = AbortSignal.timeout(2 * timeoutMs)
  const signal = question.signal === undefined ? limit : AbortSignal.any([limit, question.signal])
  const begun = performance.now()
  try {
    const info =
      introduce === null ? await fetchInfo(client, { signal }) : await register(client, introduce, { signal })
    if (expectedFingerprint !== null && info.fingerprint !== expectedFingerprint) {
      throw new PenstockError('peer-identity-mismatch', { host })
    }
    const { peer } = client
    const answerMs = performance.now() - begun
    const known = peer === null ? asClaimed(info) : info
    return { info: known, identity: peer, host, port, protocol, foundBy, answerMs }
  } catch (error) {
    throw asFinding(error, host, port)
  } finally {
    client.close()
  }
}

/** Information sent over plain HTTP proves nothing: the device is listed, but never treated as a Penstock. */
function asClaimed(info: DeviceInfo): DeviceInfo {
  return { ...info, penstock: null }
}

function asFinding(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof PenstockError)) return error
  switch (error.code) {
    case 'peer-unreachable':
    case 'peer-identity-mismatch':
    case 'not-a-peer':
      return error
    case 'timed-out':
    case 'cancelled-here':
      return new PenstockError('peer-unreachable', { host, port }, { cause: error })
    default:
      return new PenstockError('not-a-peer', { host, port }, { cause: error })
  }
}
