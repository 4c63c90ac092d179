import * as z from 'zod/mini'
import { object } from './schema.ts'

/** Every expected error; `main/messages` has the sentence and the next step. */
export const ERROR_CODES = [
  'usage',
  'no-such-path',
  'not-readable',
  'nothing-to-send',
  'folder-into-itself',
  'file-onto-itself',
  'peer-not-found',
  'peer-ambiguous',
  'peer-unreachable',
  'peer-identity-mismatch',
  'device-changed',
  'not-trusted',
  'pairing-declined',
  'pairing-broken',
  'pairing-late',
  'pairing-locked',
  'pairing-busy',
  'pairing-unattended',
  'pairing-unsupported',
  'not-a-peer',
  'refused',
  'refused-unattended',
  'nothing-selected',
  'pin-needed',
  'pin-wrong',
  'pin-needs-encryption',
  'busy',
  'too-many-attempts',
  'not-encrypted',
  'cancelled-here',
  'cancelled-by-peer',
  'cancel-unconfirmed',
  'peer-gone',
  'peer-failed',
  'timed-out',
  'protocol',
  'version-unsupported',
  'disk-full',
  'folder-full',
  'too-large',
  'target-unusable',
  'no-permission',
  'io',
  'file-changed',
  'file-shrank',
  'file-vanished',
  'check-failed',
  'unsafe-name',
  'name-too-long',
  'name-not-utf8',
  'name-collision',
  'name-taken',
  'link-outside',
  'links-unsupported',
  'not-regular',
  'files-only',
  'link-not-shared',
  'size-unknown',
  'too-many-files',
  'offer-too-large',
  'technique-unavailable',
  'port-in-use',
  'state-in-use',
  'state-unreadable',
  'receiver-ended',
  'internal',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export const paramsSchema = z.readonly(z.record(z.string(), z.union([z.string(), z.number()])))
export type ErrorParams = z.infer<typeof paramsSchema>

/** An expected error as plain data, the same in the core, the shells, the window and the history. */
export const problemSchema = object({ code: z.enum(ERROR_CODES), params: z.exactOptional(paramsSchema) })
export type Problem = z.infer<typeof problemSchema>

/** A {@link Problem} as an exception. Programming errors are ordinary `Error`s. */
export class PenstockError extends Error implements Problem {
  readonly code: ErrorCode
  readonly params: ErrorParams

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(params)}`, options)
    this.name = 'PenstockError'
    this.code = code
    this.params = params
  }

  /** The plain data of this error, for JSON and IPC. */
  toProblem(): Problem {
    return { code: this.code, params: this.params }
  }
}

/** Converts any thrown value to a {@link Problem}. Anything but a PenstockError becomes `internal` with its message. */
export function toProblem(error: unknown): Problem {
  if (error instanceof PenstockError) return error.toProblem()
  return { code: 'internal', params: { message: error instanceof Error ? error.message : String(error) } }
}
