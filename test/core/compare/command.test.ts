// Invariant: a comparison really sends: its rows match the transfers' own reports, the requested techniques ran, and nothing
// remains afterwards. A technique that cannot run here is rejected before anything is sent.
import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { DURABILITIES } from '../../../main/contract/report.ts'
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

test('durability measures one technique to receivers of each, and buffer one receiver by each size', async () => {
  const file = join(place, 'small.bin')
  await writeFile(file, randomBytes(1024 * 1024 + 17))
  const measured = async (preset: string) => {
    const csv = join(place, `${preset}.csv`)
    const { exit, lines } = penstock([
      ...['compare', file, '--preset', preset, '--runs', '1', '--dir', place, '--csv', csv],
    ])
    assert.equal(await exit, 0)
    const [names = [], ...rows] = (await readFile(csv, 'utf8'))
      .trim()
      .split('\r\n')
      .map((line) => line.split(','))
    const column = (name: string) => rows.map((row) => row[names.indexOf(name)] ?? '')
    const reports = lines.filter(({ event }) => event === 'report')
    return { column, reported: reports.map((report) => report['durability']) }
  }
  const durability = await measured('durability')
  assert.deepEqual(durability.column('durability'), DURABILITIES)
  // As the receivers reported, not as was requested.
  assert.deepEqual(durability.reported, DURABILITIES)
  for (const name of ['seconds_median', 'receiver_cpu_seconds_per_gib_median'])
    for (const value of durability.column(name)) assert.ok(Number(value) > 0, `${name}: ${value}`)
  const buffer = await measured('buffer')
  assert.deepEqual(buffer.column('buffer_bytes').map(Number), [
    ...[4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216],
  ])
  assert.deepEqual(new Set(buffer.reported), new Set(['os']))
  const calls = buffer.column('sender_syscalls').map(Number)
  assert.ok((calls[0] ?? 0) > 4 * (calls.at(-1) ?? 0), 'a call for each small buffer')
})

test('a technique that cannot run here is wrong use, and nothing begins', async () => {
  // Windows has TransmitFile, the other systems sendfile.
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
