import { z } from 'zod'
import { PenstockError } from '../../../contract/errors.ts'
import {
  COPY_TECHNIQUES,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
  type Technique,
} from '../../../contract/technique.ts'

/** What carries the bytes at one end, as that end says. */
export interface TechniqueNow {
  readonly technique: Technique | null
  /** What it had tried first; null where nothing was refused. */
  readonly fellBackFrom: Technique | null
}

// For the other user's eyes only; a name that this version does not know is as good as none.
const Name = z
  .enum([...new Set([...SEND_TECHNIQUES, ...RECEIVE_TECHNIQUES, ...COPY_TECHNIQUES])])
  .nullable()
  .default(null)
  .catch(null)

const Schema = z.object({ technique: Name, fellBackFrom: Name })

export function encodeTechnique({ technique, fellBackFrom }: TechniqueNow): string {
  return JSON.stringify({ technique, fellBackFrom })
}

/** Throws `protocol` for anything that is not an object. */
export function decodeTechnique(text: string): TechniqueNow {
  try {
    return Schema.parse(JSON.parse(text))
  } catch (error) {
    throw new PenstockError('protocol', { detail: 'technique' }, { cause: error })
  }
}
