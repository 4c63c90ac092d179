/** People's words go to standard error, so that what a program prints for other programs stays clean. */
export function say(text) {
  process.stderr.write(`penstock: ${text}\n`)
}

/** Ends with exit code 1 and a sentence that says what to do. */
export function giveUp(text) {
  say(text)
  process.exit(1)
}
