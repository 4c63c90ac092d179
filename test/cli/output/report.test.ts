// Invariant: the lines of a report state what the report states and nothing else, to the user of that side and in each language.
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { reportLines } from '../../../main/cli/commands/transfers.ts'
import { Output } from '../../../main/cli/output/output.ts'
import { LIMITS } from '../../../main/contract/limit.ts'
import type { TransferReport } from '../../../main/contract/report.ts'
import { catalogue, LANGUAGES, type Language } from '../../../main/messages/index.ts'
import { REPORT } from '../fake.ts'

function lines(change: Partial<TransferReport>, language: Language = 'en'): readonly string[] {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() }
  const view = { title: 'a', savedAs: [], folder: null }
  return reportLines({ ...REPORT, ...change }, view, new Output(streams, false, language))
}

test('what limits the rate has a line of its own', () => {
  for (const language of LANGUAGES) {
    for (const role of ['sender', 'receiver'] as const) {
      const without = lines({ role }, language)
      for (const limitedBy of LIMITS) {
        const more = lines({ role, limitedBy }, language).filter((line) => !without.includes(line))
        assert.deepEqual(more, [`  ${catalogue(language).limits[role][limitedBy]}`])
      }
    }
  }
})
