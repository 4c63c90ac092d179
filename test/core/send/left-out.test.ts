// Invariant: an entry that cannot be sent is listed with its reason and does not stop the others; the transfer is named after
// what is sent, and a transfer of nothing ends with the reason of what was left out.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, parse } from 'node:path'
import { after, before, test } from 'node:test'
import type { TerminalState } from '../../../main/contract/transfer.ts'
import { exitOfEnd } from '../../../main/cli/exit.ts'
import { openPair, type Pair } from '../../support/penstock/pair.ts'

let root = ''
let pair: Pair
const at = (name: string) => join(root, name)

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-left-out-'))
  pair = await openPair()
  if (process.platform !== 'win32') execFileSync('mkfifo', [at('fifo')])
  await symlink('nowhere', at('dangling'))
  await writeFile(at('a.txt'), 'a')
})
after(async () => {
  await pair.close()
  await rm(root, { recursive: true, force: true })
})

/** The sender's end, and the title that it had. */
async function send(
  to: 'penstock' | 'folder',
  paths: readonly string[],
  dir: string,
): Promise<{ readonly end: TerminalState; readonly title: string }> {
  if (to === 'folder') {
    const copy = pair.sender.copy({
      paths,
      dir,
      technique: 'auto',
      durability: 'os',
      onConflict: 'keep-both',
    })
    return { end: await copy.ended, title: copy.view().title }
  }
  const { sender, title } = await pair.deliver(paths, dir)
  return { end: sender, title }
}

for (const to of ['penstock', 'folder'] as const) {
  for (const [what, code] of [
    ['fifo', 'not-regular'],
    ['dangling', 'no-such-path'],
    ['none', 'no-such-path'],
  ] as const) {
    test(`${to}: ${what} beside a file`, { skip: process.platform === 'win32' }, async () => {
      const dir = await mkdtemp(join(root, 'target-'))
      const { end, title } = await send(to, [at(what), at('a.txt')], dir)
      assert.ok(end.kind === 'done', JSON.stringify(end))
      assert.deepEqual(
        end.report.notDelivered.map(({ by, reason }) => [by, reason.code]),
        [['failure', code]],
      )
      assert.equal(exitOfEnd(end), 1)
      assert.equal(title, 'a.txt')
      assert.deepEqual(await readdir(dir), ['a.txt'])
    })

    test(`${to}: ${what} alone`, { skip: process.platform === 'win32' }, async () => {
      const dir = await mkdtemp(join(root, 'target-'))
      const { end } = await send(to, [at(what)], dir)
      assert.ok(end.kind === 'failed', JSON.stringify(end))
      assert.equal(end.problem.code, code)
      assert.deepEqual(await readdir(dir), [])
    })
  }

  test(`${to}: several and nothing else`, { skip: process.platform === 'win32' }, async () => {
    const dir = await mkdtemp(join(root, 'target-'))
    const { end } = await send(to, [at('fifo'), at('none'), at('dangling')], dir)
    assert.ok(end.kind === 'failed', JSON.stringify(end))
    assert.deepEqual(end.problem, { code: 'nothing-to-send', params: { count: 3 } })
    assert.deepEqual(
      end.partial?.notDelivered.map(({ path, reason }) => [path, reason.code]),
      [
        ['fifo', 'not-regular'],
        [at('none'), 'no-such-path'],
        [at('dangling'), 'no-such-path'],
      ],
    )
    assert.equal(exitOfEnd(end), 1)
    assert.deepEqual(await readdir(dir), [])
  })

  test(`${to}: a file of the kernel's`, { skip: process.platform !== 'linux' }, async () => {
    const dir = await mkdtemp(join(root, 'target-'))
    const { end } = await send(to, ['/proc/cpuinfo'], dir)
    assert.ok(end.kind === 'failed', JSON.stringify(end))
    assert.equal(end.problem.code, 'size-unknown')
    const both = await send(to, ['/proc/cpuinfo', at('a.txt')], dir)
    assert.ok(both.end.kind === 'done', JSON.stringify(both.end))
    assert.equal(exitOfEnd(both.end), 1)
    assert.deepEqual(await readdir(dir), ['a.txt'])
  })
}

test('the root of a file system is not copied into itself, and has a title', async () => {
  const { end, title } = await send('folder', [parse(root).root], root)
  assert.ok(end.kind === 'failed', JSON.stringify(end))
  assert.equal(end.problem.code, 'folder-into-itself')
  assert.match(title, /^(?:root|[A-Z])$/u)
})
