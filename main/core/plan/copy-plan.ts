import { COPY_TECHNIQUES, type Choice, type CopyTechnique, type Reason } from '../../contract/technique.ts'

/** Best first: blocks that are shared, then copies within the kernel. */
export const COPY_ORDER: readonly CopyTechnique[] = COPY_TECHNIQUES

/**
 * The technique for a copy on this machine: pure, from what the build and the kernel have and the user's wish. What the
 * file systems can do shows with each file: what says "not supported here" leaves the file to the next in the order.
 * Null where nothing can run.
 */
export function planCopy(
  supported: readonly CopyTechnique[],
  wanted: CopyTechnique | 'auto',
): Choice<CopyTechnique> | null {
  const technique =
    wanted === 'auto'
      ? COPY_ORDER.find((one) => supported.includes(one))
      : supported.find((one) => one === wanted)
  if (technique === undefined) return null
  const reason: Reason = { code: wanted === 'auto' ? 'same-machine' : 'chosen-by-user' }
  const rejected = COPY_ORDER.filter((other) => other !== technique).map((other) => ({
    technique: other,
    why: whyNot(other, supported, wanted),
  }))
  return { technique, reason, rejected }
}

function whyNot(
  technique: CopyTechnique,
  supported: readonly CopyTechnique[],
  wanted: CopyTechnique | 'auto',
): Reason {
  if (!supported.includes(technique)) return { code: 'not-supported-here' }
  return { code: wanted === 'auto' ? 'next-in-order' : 'other-chosen' }
}
