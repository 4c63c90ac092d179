// Invariant: a file beyond the limit of the receiver's process or file system costs only that file. Both sides list it as too
// large, and the rest arrives, encrypted, unencrypted and copied on this machine.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../support/files/temporary.ts'
import { describeMounted, mountLoop } from '../support/files/loop.ts'
import { notDelivered, penstock, portsOf, sendTo } from '../support/processes/cli.ts'

const GIB = 1024 ** 3
/** The limit of a file's size, in KiB, by which bash starts a program. */
const limited = (kib: number) => ['bash', '-c', `ulimit -f ${String(kib)}; exec "$@"`, 'bash']
const OTHERS = { 'set/first': 'first', 'set/last': 'last', 'set/sub/small': 'x'.repeat(70_000) }

/** Sends `set` to a receiver and copies it; each side lists only `set/large`. */
function delivers(sources: string, target: () => string, wrapper: readonly string[] = []): void {
  const set = join(sources, 'set')
  const assertOthers = (dir: string): void => {
    for (const [path, text] of Object.entries(OTHERS))
      assert.equal(readFileSync(join(dir, path), 'utf8'), text)
  }
  for (const clear of [[], ['--clear']]) {
    test(clear.length > 0 ? 'unencrypted' : 'encrypted', async () => {
      const dir = target()
      const fixed = ['--dir', dir, '--state', join(dir, 'state'), '--port', '0', '--accept', 'all']
      const receiving = penstock(['receive', ...fixed, '--hidden', '--once', ...clear], wrapper)
      const { port } = await portsOf(receiving)
      const sending = penstock([...sendTo(port, set, join(sources, 'state')), ...clear])
      assert.deepEqual([await sending.exit, await receiving.exit], [1, 1])
      for (const side of [sending, receiving])
        assert.deepEqual(notDelivered(side), ['set/large failure too-large'])
      assertOthers(dir)
    })
  }

  test('copied', async () => {
    const dir = target()
    const args = ['send', set, '--to-folder', dir, '--state', join(sources, 'state')]
    const copying = penstock(args, wrapper)
    assert.equal(await copying.exit, 1)
    assert.deepEqual(notDelivered(copying), ['set/large failure too-large'])
    assertOthers(dir)
  })
}

function sourcesWith(bytes: number): string {
  const sources = temporaryFolder('too-large')
  mkdirSync(join(sources, 'set', 'sub'), { recursive: true })
  for (const [path, text] of Object.entries(OTHERS)) writeFileSync(join(sources, path), text)
  writeFileSync(join(sources, 'set', 'large'), '')
  truncateSync(join(sources, 'set', 'large'), bytes)
  return sources
}

describe('a limit of the process', () => {
  const root = temporaryFolder('limited')
  let count = 0
  delivers(sourcesWith(400 * 1024), () => join(root, String((count += 1))), limited(200))
})

describeMounted(
  'ext3 with small blocks',
  // Almost nothing of it is written.
  () => mountLoop('ext3 with small blocks', 20 * GIB),
  (mounted) => {
    let count = 0
    const target = (): string => join(mounted.path, String((count += 1)))
    delivers(sourcesWith(17 * GIB), target)
  },
)
