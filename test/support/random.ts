import { randomInt } from 'node:crypto'
import type { TestContext } from 'node:test'
import fc from 'fast-check'

const NAME = 'PENSTOCK_TEST_SEED'

/** The seed of all random tests: the variable repeats a run that has failed. fast-check prints it with its failure. */
const given = process.env[NAME]
const seed = given === undefined ? randomInt(2 ** 31) : Number(given)
if (!Number.isSafeInteger(seed)) throw new Error(`${NAME} is a whole number but received ${given ?? ''}`)
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })

export { fc }

/** Sets the seed of this run for a program, as a shell does. */
export const seedAssignment = `${NAME}=${seed}`

/** Numbers from 0 to below 1, the same for the same seed, which the test prints. */
export function random(t: TestContext): () => number {
  t.diagnostic(seedAssignment)
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) / 2 ** 24
  }
}
