import { z } from 'zod'
import { PenstockError } from '../../../contract/errors.ts'
import { type Limit, limitSchema, type StreamSeconds, streamSecondsSchema } from '../../../contract/limit.ts'
import {
  COPY_TECHNIQUES,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
  type Technique,
} from '../../../contract/technique.ts'

/** One end of a transfer as that end reports it. */
export interface TechniqueNow {
  /** The technique in use. */
  readonly technique: Technique | null
  /** The technique that it tried first; null if none was refused. */
  readonly fellBackFrom: Technique | null
  /** Where its streams spent their time so far; null if not measured. */
  readonly streamSeconds: StreamSeconds | null
  /** What its report names as the limit of the rate; null before there is a report. */
  readonly verdict: { readonly limitedBy: Limit | null } | null
}

/** Of an end that has reported nothing yet. */
export const NOTHING_REPORTED: TechniqueNow = {
  technique: null,
  fellBackFrom: null,
  streamSeconds: null,
  verdict: null,
}

// Shown to the other user only; an unknown name is read as null.
const Name = z
  .enum([...new Set([...SEND_TECHNIQUES, ...RECEIVE_TECHNIQUES, ...COPY_TECHNIQUES])])
  .nullable()
  .default(null)
  .catch(null)

const Schema = z.object({
  technique: Name,
  fellBackFrom: Name,
  streamSeconds: z.nullable(streamSecondsSchema).default(null).catch(null),
  verdict: z
    .object({ limitedBy: z.nullable(limitSchema) })
    .nullable()
    .default(null)
    .catch(null),
})

export function encodeTechnique(now: TechniqueNow): string {
  const { technique, fellBackFrom, streamSeconds, verdict } = now
  return JSON.stringify({ technique, fellBackFrom, streamSeconds, verdict })
}

/** Throws `protocol` for anything that is not an object. */
export function decodeTechnique(text: string): TechniqueNow {
  try {
    return Schema.parse(JSON.parse(text))
  } catch (error) {
    throw new PenstockError('protocol', { detail: 'technique' }, { cause: error })
  }
}
