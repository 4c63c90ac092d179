/** A reporter of node:test that prints one line of JSON a test, for a test that reads what ran on another system. */
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

/** The result of one test; `problem` is null if it passed. */
export interface Result {
  readonly name: string
  readonly skipped: boolean
  readonly problem: string | null
}

function resultOf(event: TestEvent): Result | null {
  if (event.type !== 'test:pass' && event.type !== 'test:fail') return null
  const { name, details, skip } = event.data
  if (details.type === 'suite') return null
  const skipped = skip !== undefined && skip !== false
  const problem = event.type === 'test:fail' ? inspect(event.data.details.error) : null
  return { name, skipped, problem }
}

export default async function* lines(source: AsyncIterable<TestEvent>): AsyncGenerator<string, void> {
  for await (const event of source) {
    const result = resultOf(event)
    if (result) yield `${JSON.stringify(result)}\n`
  }
}
