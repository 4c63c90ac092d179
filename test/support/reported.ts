import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { z } from 'zod'

const resultSchema = z.object({ name: z.string(), skipped: z.boolean(), problem: z.string().nullable() })

/**
 * Makes a test of each line that line-reporter.ts printed on another system.
 * @param rows tests that must have run, so that a table cannot pass by being empty
 */
export async function assertReported(t: TestContext, output: string, rows: readonly string[]): Promise<void> {
  const ran = output
    .split(/\r?\n/u)
    .filter((line) => line.startsWith('{'))
    .map((line) => resultSchema.parse(JSON.parse(line)))
    .filter(({ skipped }) => !skipped)
  for (const { name, problem } of ran) await t.test(name, () => assert.equal(problem, null, problem ?? ''))
  const names = new Set(ran.map(({ name }) => name))
  const missing = rows.filter((name) => !names.has(name))
  assert.deepEqual(missing, [], output)
}
