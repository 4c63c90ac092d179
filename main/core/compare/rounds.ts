/** One transfer of a comparison. Round 0 is the warm-up, whose figures are discarded. */
export interface Turn<T> {
  readonly round: number
  readonly variant: T
}

/**
 * The order of the transfers: a warm-up of each variant, then `runs` rounds, alternately forwards and backwards, so that
 * slow changes (disk cache, processor temperature) affect all variants equally.
 */
export function turnsOf<T>(variants: readonly T[], runs: number): Turn<T>[] {
  const rounds = Array.from({ length: runs + 1 }, (_, round) => round)
  return rounds.flatMap((round) => {
    const order = round % 2 === 0 ? variants : [...variants].reverse()
    return order.map((variant) => ({ round, variant }))
  })
}
