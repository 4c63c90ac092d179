/** Prints a line for people on standard error; standard output is for other programs. */
export function print(text) {
  process.stderr.write(`penstock: ${text}\n`)
}

/** Prints a sentence that names what to do, and ends with exit code 1. */
export function giveUp(text) {
  print(text)
  process.exit(1)
}
