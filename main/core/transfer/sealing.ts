import { addon, type EngineSample, type SealingOptions, type StreamKeys } from '../../../native/index.ts'
import { type Cipher, type Conveyance, PLAIN_STREAMS, TLS_BODY } from '../../contract/report.ts'
import type { ReceiveTechnique, SendTechnique } from '../../contract/technique.ts'
import type { Totals } from '../../contract/transfer.ts'
import { planReceiveTransport, planSendTransport } from '../plan/transport.ts'
import type { StreamKeys as WireKeys, RecordKeys } from '../protocol/penstock/keys.ts'
import { MAX_STREAMS } from '../protocol/penstock/offer.ts'
import type { Progress } from './carrier.ts'

/** Records that one stream may seal under its key (WIRE.md, "Sealed streams"). */
export const RECORD_LIMIT = 2 ** 23
/** Records of content that a stream carries at least: the engine keeps some back for what it has begun. */
const CONTENT_RECORDS = RECORD_LIMIT - 4096
const RECORD_BYTES = 16_384
/** Records that a file costs at most beyond those of its content, and the share by which calls shorter than a record add to these. */
const RECORDS_OF_FILE = 8
const SHORT_RECORDS = 1.5

/** The ciphers that content streams of this machine can have: none without a cipher library, because the control stream is always sealed. */
export function streamCiphers(clear: boolean): readonly Exclude<Cipher, 'tls'>[] {
  if (addon.cipherLibrary() === null) return []
  return ['sealed', ...(clear ? (['none'] as const) : [])]
}

/** Streams that the content needs so that none exceeds its records; `null` if that is more than a transfer may have. */
export function sealedStreams({ bytes, files }: Pick<Totals, 'bytes' | 'files'>): number | null {
  const records = (bytes / RECORD_BYTES) * SHORT_RECORDS + files * RECORDS_OF_FILE
  const streams = Math.max(1, Math.ceil(records / CONTENT_RECORDS))
  return streams <= MAX_STREAMS ? streams : null
}

/** How bytes of a cipher leave this machine. Without a cipher library TLS takes the place of sealed streams. */
export function sendingConveyance(cipher: Cipher, wanted: SendTechnique | 'auto'): Conveyance {
  if (cipher === 'none') return PLAIN_STREAMS
  const supported = addon.supportedTechniques()
  return (cipher === 'sealed' && planSendTransport({ supported }, wanted)) || TLS_BODY
}

/** The same of bytes that come in. */
export function receivingConveyance(cipher: Cipher, wanted: ReceiveTechnique | 'auto'): Conveyance {
  if (cipher === 'none') return PLAIN_STREAMS
  const supported = addon.supportedTechniques()
  return (cipher === 'sealed' && planReceiveTransport({ supported }, wanted)) || TLS_BODY
}

/** How an engine seals streams that are conveyed so. */
export function sealingOf({ transport }: Conveyance): { readonly sealing?: SealingOptions } {
  if (transport !== 'sealed' && transport !== 'kernel-tls') return {}
  return { sealing: { transport, recordLimit: RECORD_LIMIT } }
}

/** The progress of an engine whose streams have `planned`, but for the transport: the kernel may not take the keys. */
export function engineProgress(planned: Conveyance, sample: EngineSample): Progress {
  const { bytes, filesDone: files, transport } = sample
  const conveyance = planned.transport === null || transport === null ? planned : { ...planned, transport }
  return { conveyance, bytes, files, sample }
}

/** The keys of a stream as the engine of one of its ends takes them. */
export function engineKeys(keys: WireKeys, role: 'sender' | 'receiver'): StreamKeys {
  const bytes = ({ key, iv }: RecordKeys): Uint8Array => Buffer.concat([key, iv])
  return role === 'sender'
    ? { send: bytes(keys.sender), receive: bytes(keys.receiver) }
    : { send: bytes(keys.receiver), receive: bytes(keys.sender) }
}
