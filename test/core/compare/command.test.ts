// Invariant: a comparison really sends: its rows match the transfers' own reports, the requested techniques ran, and nothing
// remains afterwards. A technique that cannot run here is rejected before anything is sent.
import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/files/temporary.ts'
import { penstock } from '../../support/processes/cli.ts'

const place = temporaryFolder('compare')
const untouched = temporaryFolder('compare')

test('compare measures each technique against a receiver of its own', { timeout: 120_000 }, async () => {
  const file = join(place, 'file.bin')
  await writeFile(file, randomBytes(3 * 1024 * 1024 + 17))
  const csv = join(place, 'out.csv')
  const what = ['compare', file, '--techniques', 'readwrite,sendfile', '--runs', '2']
  const { exit, lines } = penstock([...what, '--dir', place, '--csv', csv])
  assert.equal(await exit, 0)
  const rows = lines.filter(({ event }) => event === 'report')
  assert.deepEqual(
    rows.map((row) => row['technique'] ?? null),
    ['readwrite', 'sendfile'],
  )
  for (const row of rows) assert.equal(row['bytes'], 3 * 1024 * 1024 + 17)
  assert.equal(lines.at(-1)?.event, 'comparison')
  assert.equal((await readFile(csv, 'utf8')).trim().split('\r\n').length, 3)
  assert.deepEqual((await readdir(place)).sort(), ['file.bin', 'out.csv'])
})

test('a technique that cannot run here is wrong use, and nothing begins', async () => {
  // TransmitFile is a call of Windows, sendfile one of the others.
  const technique = process.platform === 'win32' ? 'sendfile' : 'transmitfile'
  const { exit, lines } = penstock(['compare', '--techniques', `readwrite,${technique}`, '--dir', untouched])
  assert.equal(await exit, 2)
  assert.deepEqual(
    lines.map(({ event, problem }) => [event, problem]),
    [
      [
        'failed',
        {
          code: 'technique-unavailable',
          params: { technique, why: 'not-supported-here', platform: process.platform },
        },
      ],
    ],
  )
  assert.deepEqual(await readdir(untouched), [])
})
