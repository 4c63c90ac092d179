/** One transfer of a comparison. Round 0 is the warm-up, whose figures are thrown away for all alike. */
export interface Turn<T> {
  readonly round: number
  readonly variant: T
}

/**
 * The order of the transfers: a warm-up of each variant, then `runs` rounds, forwards and backwards in turn, so that what
 * changes slowly (the disk's cache, the processor's heat) meets all variants alike.
 */
export function turnsOf<T>(variants: readonly T[], runs: number): Turn<T>[] {
  const rounds = Array.from({ length: runs + 1 }, (_, round) => round)
  return rounds.flatMap((round) => {
    const order = round % 2 === 0 ? variants : [...variants].reverse()
    return order.map((variant) => ({ round, variant }))
  })
}
