// Invariant: what entries have and do not keep (owners, hard links, access lists, capabilities, attributes) is counted by one note,
// over a network and to a folder; entries that have nothing of the kind get none, and all are delivered.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chownSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import { noteSchema } from '../../main/contract/report.ts'
import { noteText } from '../../main/messages/index.ts'
import { temporaryFolder } from '../support/files/temporary.ts'
import { openPair } from '../support/penstock/pair.ts'
import { penstock } from '../support/processes/cli.ts'

const ACCESS_LIST = [
  [1, 6, -1],
  [2, 4, 1234],
  [4, 4, -1],
  [16, 4, -1],
  [32, 4, -1],
]
const SET = `
import os, struct, sys
kind, path = sys.argv[1:]
if kind == 'capability': os.setxattr(path, 'security.capability', struct.pack('<IIIII', 0x02000001, 1 << 10, 0, 0, 0))
elif kind == 'list': os.setxattr(path, 'system.posix_acl_access', struct.pack('<I', 2) + b''.join(struct.pack('<HHi', *line) for line in ${JSON.stringify(ACCESS_LIST)}))
else: os.setxattr(path, 'user.comment', b'x')
`
function set(kind: 'capability' | 'list' | 'attribute', path: string): void {
  const { status, stderr } = spawnSync('python3', ['-c', SET, kind, path], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}

const root = temporaryFolder('not-kept')
const pair = await openPair()
after(() => pair.close())

function plain(name: string): string {
  const tree = join(root, name)
  mkdirSync(join(tree, 'folder'), { recursive: true })
  for (const path of ['a', 'b', 'folder/c']) writeFileSync(join(tree, path), path)
  symlinkSync('a', join(tree, 'link'))
  return tree
}

const reportSchema = z.looseObject({ notes: z.array(noteSchema), notDelivered: z.array(z.unknown()) })

/** The notes of the side that read the source. */
const ROUTES = {
  async network(tree: string, dir: string) {
    const { sender } = await pair.deliver([tree], dir, { receive: { durability: 'os' } })
    assert.ok(sender.kind === 'done', JSON.stringify(sender))
    return sender.report
  },
  async folder(tree: string, dir: string) {
    mkdirSync(dir)
    const running = penstock(['send', tree, '--to-folder', dir, '--state', join(root, 'state')])
    assert.equal(await running.exit, 0)
    return reportSchema.parse(running.lines.at(-1))
  },
} as const

describe(
  'to',
  { skip: process.platform !== 'linux' || process.getuid?.() !== 0 ? 'NOT RUN: it takes root' : false },
  () => {
    for (const route of ['network', 'folder'] as const) {
      test(`${route}: plain entries have no note`, async () => {
        const { notes, notDelivered } = await ROUTES[route](
          plain(`plain-${route}`),
          join(root, `plain-to-${route}`),
        )
        assert.deepEqual([notes, notDelivered], [[], []])
      })

      test(`${route}: one note counts what is not kept`, async () => {
        const name = `rich-${route}`
        const tree = plain(name)
        chownSync(join(tree, 'a'), 1234, 1234)
        chownSync(join(tree, 'folder'), 1234, 1234)
        linkSync(join(tree, 'a'), join(tree, 'folder', 'same'))
        set('capability', join(tree, 'b'))
        set('list', join(tree, 'folder', 'c'))
        set('attribute', join(tree, 'b'))
        set('attribute', join(tree, 'folder'))
        const { notes, notDelivered } = await ROUTES[route](tree, join(root, `rich-to-${route}`))
        // The second name of `a` is the same file.
        const params = { owners: 3, hardLinks: 2, accessLists: 1, capabilities: 1, attributes: 2 }
        assert.deepEqual([notes, notDelivered], [[{ code: 'attributes-not-kept', path: name, params }], []])
      })
    }
  },
)

test('the note names only what there is', () => {
  const note = { code: 'attributes-not-kept', path: 'tree', params: { hardLinks: 1 } } as const
  const named = (language: 'en' | 'zh') =>
    noteText({ ...note, params: { hardLinks: note.params.hardLinks } }, language)
  assert.match(named('en'), /1 hard link.* in tree/u)
  assert.doesNotMatch(named('en'), /owner|list|capabilit|attribute|[?{}[\]]/u)
  assert.match(named('zh'), /硬链接/u)
  assert.doesNotMatch(named('zh'), /所有者|访问控制|能力|属性|[?{}[\]]/u)
})
