import { z } from 'zod'
import { PenstockError } from '../../../contract/errors.ts'
import {
  COPY_TECHNIQUES,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
  type Technique,
} from '../../../contract/technique.ts'

/** The technique in use at one end, as reported by that end. */
export interface TechniqueNow {
  readonly technique: Technique | null
  /** The technique that it tried first; null if none was refused. */
  readonly fellBackFrom: Technique | null
}

// Shown to the other user only; an unknown name is read as null.
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
