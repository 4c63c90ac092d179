// Invariant: a name that is valid on Linux but not on Windows never arrives with another meaning: it is refused, both sides
// list it with the reason, everything else arrives, and nothing is written outside the folder.
import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { z } from 'zod'
import { penstock, receiver } from '../support/processes/cli.ts'
import { describeTree } from '../support/files/tree.ts'
import { folder, windowsPath, windowsPenstock } from './wine.ts'

const listening = z.looseObject({ port: z.number() })
const reportSchema = z.looseObject({
  event: z.literal('report'),
  files: z.number(),
  notDelivered: z.array(
    z.looseObject({
      path: z.string(),
      by: z.string(),
      reason: z.looseObject({ code: z.string() }),
    }),
  ),
})

/** Every name that Windows reads as something else, with the code by which it is refused. */
const REFUSED: Readonly<Record<string, string>> = {
  CON: 'unsafe-name',
  'aux.txt': 'unsafe-name',
  'NUL.tar': 'unsafe-name',
  COM1: 'unsafe-name',
  'LPT¹.log': 'unsafe-name',
  'name.': 'unsafe-name',
  'name ': 'unsafe-name',
  'a:b': 'unsafe-name',
  'a::$DATA': 'unsafe-name',
  'C:': 'unsafe-name',
  '..\\..\\out': 'unsafe-name',
  '\\\\server\\share': 'unsafe-name',
  'what?': 'unsafe-name',
  'star*': 'unsafe-name',
  prn: 'unsafe-name',
  'prn/inside': 'unsafe-name',
  'same name': 'name-collision',
}
const ARRIVES = ['.hidden', 'COM10', 'SAME NAME', 'console', 'nul-', 'plain.txt']

async function makeTree(root: string): Promise<void> {
  await mkdir(join(root, 'prn'), { recursive: true })
  for (const name of [...ARRIVES, ...Object.keys(REFUSED)]) {
    if (name !== 'prn') await writeFile(`${root}/${name}`, `content of ${name}`)
  }
}

/** Sends `source` from Linux to a receiver on Windows; both closing reports, once both have ended. */
async function toWindows(t: TestContext, top: string, source: string, permitted: readonly string[]) {
  const target = join(top, 'target')
  const fixed = ['--dir', windowsPath(target), '--port', '0', '--accept', 'all', '--hidden', '--once']
  const windows = await windowsPenstock(t, ['receive', ...fixed, ...permitted])
  const { port } = listening.parse(await windows.seen('listening'))
  const to = ['--to', `127.0.0.1:${String(port)}`, '--state', join(top, 'state')]
  const sending = penstock(['send', source, ...to, ...permitted])
  t.after(() => sending.child.kill('SIGKILL'))
  const code = await sending.exit
  const received = await windows.ended
  assert.equal(sending.lines.at(-1)?.event, 'report', JSON.stringify([sending.lines, received]))
  return {
    target,
    codes: [code, received.code],
    sent: reportSchema.parse(sending.lines.at(-1)),
    received: reportSchema.parse(received.lines.at(-1)),
  }
}

for (const permitted of [['--clear'], []]) {
  test(`names that Windows reads otherwise are refused${permitted.length > 0 ? ', in clear' : ', over HTTPS'}`, async (t) => {
    const top = await folder(t)
    const source = join(top, 'tree')
    await makeTree(source)
    const { target, codes, sent, received } = await toWindows(t, top, source, permitted)
    const expected = Object.entries(REFUSED).map(([name, code]) => `tree/${name} ${code} failure`)
    for (const { notDelivered } of [sent, received]) {
      const listed = notDelivered.map(({ path, reason, by }) => `${path} ${reason.code} ${by}`)
      assert.deepEqual(listed.sort(), expected.toSorted())
    }
    // A file that cannot be made makes the whole fail, on both sides, though the others have arrived.
    assert.deepEqual(codes, [1, 1])
    assert.deepEqual(await readdir(target), ['tree'])
    const arrived = (await describeTree(join(target, 'tree'))).map((line) =>
      line.replace(/ \d+ \d+ .*$/u, ''),
    )
    assert.deepEqual(arrived, ARRIVES)
    assert.deepEqual((await readdir(top)).sort(), ['state', 'target', 'tree'])
  })
}

const LONG = Array.from({ length: 12 }, (_, at) => `folder number ${String(at)} of a long way`).join('/')

test('paths longer than 260 characters arrive in both directions', async (t) => {
  const top = await folder(t)
  const source = join(top, 'tree')
  await mkdir(join(source, LONG), { recursive: true })
  await writeFile(join(source, LONG, 'at the end'), 'x'.repeat(100_000))
  const { target, codes } = await toWindows(t, top, source, ['--clear'])
  assert.deepEqual(codes, [0, 0])
  const paths = async (root: string): Promise<string[]> =>
    (await describeTree(root)).map((line) => line.replace(/ \d+ \d+(?= |$)/u, ''))
  assert.deepEqual(await paths(join(target, 'tree')), await paths(source))

  const back = join(top, 'back')
  const linux = await receiver(back, join(top, 'other state'), ['--once', '--clear'])
  t.after(() => linux.child.kill('SIGKILL'))
  const to = ['--to', `127.0.0.1:${String(linux.port)}`, '--clear']
  const windows = await windowsPenstock(t, ['send', windowsPath(join(target, 'tree')), ...to])
  assert.equal((await windows.ended).code, 0)
  assert.equal(await linux.exit, 0)
  assert.deepEqual(await paths(join(back, 'tree')), await paths(source))
})
