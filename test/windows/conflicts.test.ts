// Invariant: on Windows too the chosen rule decides about a name that exists: nothing is replaced without request or lost,
// and a replacement is complete.
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { z } from 'zod'
import { penstock } from '../support/processes/cli.ts'
import { folder, windowsPath, windowsPenstock } from './wine.ts'

const listening = z.looseObject({ port: z.number() })

/** One transfer from Linux to a receiver on Windows with this rule; the receiver's exit code. */
async function send(t: TestContext, top: string, paths: readonly string[], rule: string) {
  const dir = windowsPath(join(top, 'target'))
  const fixed = ['--port', '0', '--accept', 'all', '--hidden', '--once', '--clear']
  const windows = await windowsPenstock(t, ['receive', '--dir', dir, '--on-conflict', rule, ...fixed])
  const { port } = listening.parse(await windows.seen('listening'))
  const to = ['--to', `127.0.0.1:${String(port)}`, '--state', join(top, 'state'), '--clear']
  const sending = penstock(['send', ...paths, ...to])
  t.after(() => sending.child.kill('SIGKILL'))
  await sending.exit
  return (await windows.ended).code
}

/** `file` and `tree/file` in the source, and others of the same names in the target. */
async function taken(t: TestContext) {
  const top = await folder(t)
  const [source, target] = [join(top, 'source'), join(top, 'target')]
  const paths = [join(source, 'file.txt'), join(source, 'tree')]
  await mkdir(join(source, 'tree'), { recursive: true })
  await mkdir(join(target, 'tree'), { recursive: true })
  for (const name of ['file.txt', 'tree/file']) {
    await writeFile(join(source, name), `new ${name}`)
    await writeFile(join(target, name), `old ${name}`)
    await utimes(join(target, name), 2_000_000_000, 2_000_000_000)
  }
  await writeFile(join(source, 'tree/other'), 'new tree/other')
  const read = (name: string): Promise<string> => readFile(join(target, name), 'utf8')
  return { top, target, paths, read }
}

test('keep-both gives the new ones another name', async (t) => {
  const { top, target, paths, read } = await taken(t)
  assert.equal(await send(t, top, paths, 'keep-both'), 0)
  assert.deepEqual((await readdir(target)).sort(), ['file (2).txt', 'file.txt', 'tree', 'tree (2)'])
  assert.deepEqual([await read('file.txt'), await read('tree/file')], ['old file.txt', 'old tree/file'])
  assert.deepEqual(
    [await read('file (2).txt'), await read('tree (2)/file'), await read('tree (2)/other')],
    ['new file.txt', 'new tree/file', 'new tree/other'],
  )
})

for (const [rule, age] of [
  ['replace', 'new'],
  ['skip', 'old'],
  ['newer', 'old'],
] as const) {
  // A name that is kept is an entry that was not delivered.
  const exit = age === 'new' ? 0 : 1
  test(`${rule} leaves one of each name, the ${age} one`, async (t) => {
    const { top, target, paths, read } = await taken(t)
    assert.equal(await send(t, top, paths, rule), exit)
    assert.deepEqual((await readdir(target)).sort(), ['file.txt', 'tree'])
    assert.deepEqual((await readdir(join(target, 'tree'))).sort(), ['file', 'other'])
    assert.deepEqual(
      [await read('file.txt'), await read('tree/file'), await read('tree/other')],
      [`${age} file.txt`, `${age} tree/file`, 'new tree/other'],
    )
  })
}
