// Invariant: every entry stays readable until 1 MiB of newer ones have replaced it, and the log never exceeds two files of
// 1 MiB.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { ErrorLog } from '../../main/desktop/error-log.ts'

const MIB = 1024 * 1024

async function place(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-log-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('the first entry makes the folder and the file, for their owner only', async (t) => {
  const state = join(await place(t), 'state')
  const log = new ErrorLog(state, () => new Date(0))
  log.append('one\n  at stack')
  log.append('two')
  assert.equal(
    await readFile(log.path, 'utf8'),
    '1970-01-01T00:00:00.000Z one\n  at stack\n1970-01-01T00:00:00.000Z two\n',
  )
  if (process.platform === 'win32') return
  assert.equal((await stat(state)).mode & 0o777, 0o700)
  assert.equal((await stat(log.path)).mode & 0o777, 0o600)
})

test('many entries: two files, none above 1 MiB, the newest entry and every one of the last MiB kept', async (t) => {
  const state = await place(t)
  const log = new ErrorLog(state)
  const count = 5000
  for (let at = 0; at < count; at += 1) log.append(`entry ${at} ${'x'.repeat(1000)}`)
  assert.deepEqual((await readdir(state)).sort(), ['errors.log', 'errors.log.1'])
  const files = await Promise.all([readFile(`${log.path}.1`, 'utf8'), readFile(log.path, 'utf8')])
  for (const text of files) assert.ok(text.length <= MIB)
  const kept = [...files.join('').matchAll(/ entry (\d+) /g)].map(([, at]) => Number(at))
  const first = kept[0] ?? count
  assert.deepEqual(
    kept,
    Array.from({ length: count - first }, (_, at) => first + at),
  )
  assert.ok(kept.length >= 1000)
})

test('an entry of any length is cut to 64 KiB', async (t) => {
  const log = new ErrorLog(await place(t))
  log.append('字'.repeat(MIB))
  log.append('next')
  const text = await readFile(log.path)
  assert.ok(text.length < 64 * 1024 + 100)
  assert.match(text.toString(), /\n\S+ next\n$/)
})

test('a place that takes no log is an error of the call', async (t) => {
  const file = join(await place(t), 'file')
  await writeFile(file, '')
  assert.throws(() => new ErrorLog(join(file, 'state')).append('x'), { code: 'ENOTDIR' })
})
