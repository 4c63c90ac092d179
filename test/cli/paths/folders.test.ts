// Invariant: a folder that cannot be created ends the command at once with its problem, for every option that takes one.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/files/temporary.ts'
import { runProcess } from '../../support/processes/process.ts'
import { jsonLines } from '../fake.ts'

const root = temporaryFolder('folders', { file: 'content' })

/** `%` is the folder that cannot be made. */
const COMMANDS = [
  ['receive --port 0 --hidden --once --state STATE --dir %', 'target-unusable'],
  ['receive --port 0 --hidden --once --dir . --state %', 'state-unreadable'],
  ['send FILE --state STATE --to-folder %', 'target-unusable'],
  ['send FILE --to 127.0.0.1:9 --state %', 'state-unreadable'],
  ['compare --dir %', 'target-unusable'],
  ['history --state %', 'state-unreadable'],
] as const

const WRONG = process.platform === 'linux' ? ['/proc/x', '/proc/x/y', 'FILE/x'] : ['FILE/x']

for (const [command, code] of COMMANDS) {
  test(command, async () => {
    for (const wrong of WRONG) {
      const fill = (word: string): string =>
        word.replace('%', wrong).replace('STATE', join(root, 'state')).replace('FILE', join(root, 'file'))
      const { exit, out, err } = await runProcess([...command.split(' ').map(fill), '--json'])
      assert.equal(exit, 1, `${wrong}: ${err}`)
      const closing = jsonLines(out).at(-1)
      assert.equal(closing?.['event'], 'failed')
      assert.match(JSON.stringify(closing['problem']), new RegExp(`"code":"${code}"`))
      assert.doesNotMatch(err, /^\s+at /m)
    }
  })
}
