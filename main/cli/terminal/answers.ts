/** Answers `yes` in either language. */
export function isYes(answer: string): boolean {
  return /^(y|yes|是|好|接受)$/i.test(answer)
}

/** Answers `always` in either language. */
export function isAlways(answer: string): boolean {
  return /^(a|always|始终|始终接受)$/i.test(answer)
}
