// Invariant: a name that is valid on Linux but not on Windows never arrives with another meaning: it gets a near name that
// Windows has, a name that is taken is listed by both sides, everything arrives once, and nothing is written outside the folder.
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
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

/** Every name that Windows reads as something else. */
const OTHERWISE = [
  'CON',
  'aux.txt',
  'NUL.tar',
  'COM1',
  'LPT¹.log',
  'name.',
  'name ',
  'a:b',
  'a::$DATA',
  'C:',
  '..\\..\\out',
  '\\\\server\\share',
  'what?',
  'star*',
  'prn/inside',
]
/** Differs from another one in case only. */
const TAKEN = 'same name'
const ARRIVES = ['.hidden', 'COM10', 'SAME NAME', 'console', 'nul-', 'plain.txt']

async function makeTree(root: string): Promise<void> {
  await mkdir(join(root, 'prn'), { recursive: true })
  for (const name of [...ARRIVES, ...OTHERWISE, TAKEN]) await writeFile(`${root}/${name}`, contentOf(name))
}

function contentOf(name: string): string {
  return `content of ${name}`
}

/** Whether a component means on Windows what it says: no stream, device, separator, wildcard or end that is dropped. */
function isOfWindows(name: string): boolean {
  return !/[<>:"|?*\\]|[. ]$|^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?:\.|$)/iu.test(name)
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
  test(`names that Windows reads otherwise get near ones${permitted.length > 0 ? ', in clear' : ', over HTTPS'}`, async (t) => {
    const top = await folder(t)
    const source = join(top, 'tree')
    await makeTree(source)
    const { target, codes, sent, received } = await toWindows(t, top, source, permitted)
    for (const { notDelivered } of [sent, received]) {
      const listed = notDelivered.map(({ path, reason, by }) => `${path} ${reason.code} ${by}`)
      assert.deepEqual(listed, [`tree/${TAKEN} name-collision failure`])
    }
    // A file that cannot be made makes the whole fail, on both sides, though the others have arrived.
    assert.deepEqual(codes, [1, 1])
    assert.deepEqual(await readdir(target), ['tree'])
    const tree = join(target, 'tree')
    const arrived = await readdir(tree, { recursive: true, withFileTypes: true })
    for (const { name } of arrived) assert.ok(isOfWindows(name), name)
    const files = arrived.filter((one) => one.isFile())
    const contents = await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), 'utf8')))
    assert.deepEqual(contents.sort(), [...ARRIVES, ...OTHERWISE].map(contentOf).sort())
    for (const name of ARRIVES) assert.equal(await readFile(join(tree, name), 'utf8'), contentOf(name))
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
