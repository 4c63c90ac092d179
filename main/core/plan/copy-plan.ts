import { COPY_TECHNIQUES, type Choice, type CopyTechnique, type Reason } from '../../contract/technique.ts'

/** Best first: shared blocks, then copies within the kernel. */
export const COPY_ORDER: readonly CopyTechnique[] = COPY_TECHNIQUES

/** Facts about the two ends of a copy on this machine; null if not known until it is tried. */
export interface CopyPlace {
  /** Whether files in the target folder can share blocks. */
  readonly sharesBlocks: boolean | null
  /** Whether source and target are on one file system. */
  readonly oneFileSystem: boolean | null
}

const UNKNOWN: CopyPlace = { sharesBlocks: null, oneFileSystem: null }

/**
 * The technique for a copy on this machine: a pure function of what the build and the kernel support, the user's choice, and
 * the facts of the place. What is not known shows with each file: if a technique is "not supported here", the next in the
 * order takes the file. Null if nothing can run.
 */
export function planCopy(
  supported: readonly CopyTechnique[],
  wanted: CopyTechnique | 'auto',
  place: CopyPlace = UNKNOWN,
): Choice<CopyTechnique> | null {
  const technique =
    wanted === 'auto'
      ? COPY_ORDER.find((one) => supported.includes(one) && whyItCannot(one, place) === null)
      : supported.find((one) => one === wanted)
  if (technique === undefined) return null
  const rejected = COPY_ORDER.filter((other) => other !== technique).map((other) => ({
    technique: other,
    why: whyNot(other, supported, wanted, place),
  }))
  return {
    technique,
    reason: wanted === 'auto' ? because(technique, place) : { code: 'chosen-by-user' },
    rejected,
  }
}

/** Why a technique cannot run at this place; null if no reason is known. */
export function whyItCannot(technique: CopyTechnique, place: CopyPlace): Reason | null {
  if (technique === 'copyfile' || technique === 'readwrite') return null
  if (place.oneFileSystem === false) return { code: 'other-file-system' }
  return technique === 'clone' && place.sharesBlocks === false ? { code: 'blocks-not-shared' } : null
}

function because(technique: CopyTechnique, { sharesBlocks, oneFileSystem }: CopyPlace): Reason {
  if (technique === 'clone' && sharesBlocks === true && oneFileSystem === true)
    return { code: 'shares-blocks' }
  if (technique === 'copyrange' && oneFileSystem === true) return { code: 'copies-in-kernel' }
  if (technique === 'copyfile' && oneFileSystem === false) return { code: 'copies-between-file-systems' }
  return { code: 'same-machine' }
}

function whyNot(
  technique: CopyTechnique,
  supported: readonly CopyTechnique[],
  wanted: CopyTechnique | 'auto',
  place: CopyPlace,
): Reason {
  if (!supported.includes(technique)) return { code: 'not-supported-here' }
  if (wanted !== 'auto') return { code: 'other-chosen' }
  return whyItCannot(technique, place) ?? { code: 'next-in-order' }
}
