/** Prints a line for people to standard error; standard output is for other programs. */
export function print(text) {
  process.stderr.write(`penstock: ${text}\n`)
}

/** Prints what to do, and exits with code 1. */
export function giveUp(text) {
  print(text)
  process.exit(1)
}
