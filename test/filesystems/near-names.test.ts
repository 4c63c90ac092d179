// Invariant: a name that the target's file system cannot hold is delivered under a near one, with a note that gives both: for
// files, folders and what is in them, by each route and rule. No two entries become one, and names that are not safe stay out.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { temporaryFolder } from '../support/files/temporary.ts'
import { describeMounted, FUSE_KINDS, mountFuse } from '../support/files/loop.ts'
import { Phone } from '../support/localsend/phone.ts'
import { penstock, portsOf, type Running, sendTo } from '../support/processes/cli.ts'

const reportSchema = z.looseObject({
  event: z.literal('report'),
  notDelivered: z.array(z.unknown()),
  notes: z.array(
    z.looseObject({
      code: z.string(),
      path: z.string(),
      params: z.optional(z.looseObject({ name: z.optional(z.string()) })),
    }),
  ),
})

const SENT = ['a:b?.txt', 'a_b_.txt', 'fine', 'which?/in', 'which?/what|.txt', 'which_/other', 'x\\y']
/** By content, which is the path as sent. */
const HERE: Readonly<Record<string, string>> = {
  'set/a:b?.txt': 'set/a_b_.txt',
  'set/a_b_.txt': 'set/a_b_ (2).txt',
  'set/fine': 'set/fine',
  'set/which?/in': 'set/which_/in',
  'set/which?/what|.txt': 'set/which_/what_.txt',
  'set/which_/other': 'set/which_ (2)/other',
  'set/x\\y': 'set/x_y',
}
const NOTES = [
  'set/a:b?.txt as a_b_.txt',
  'set/a_b_.txt as a_b_ (2).txt',
  'set/which?/what|.txt as what_.txt',
  'set/which? as which_',
  'set/which_ as which_ (2)',
  'set/x\\y as x_y',
]

function assertNoted(running: Running, expected: readonly string[]): void {
  const { notes, notDelivered } = reportSchema.parse(running.lines.at(-1))
  assert.deepEqual(notDelivered, [])
  const named = notes.filter(({ code }) => code === 'other-name')
  assert.deepEqual(
    named.map(({ path, params }) => `${path} as ${params?.name ?? ''}`).sort(),
    [...expected].sort(),
  )
}

function assertArrived(dir: string, here: Readonly<Record<string, string>>): void {
  for (const [sent, path] of Object.entries(here)) assert.equal(readFileSync(join(dir, path), 'utf8'), sent)
}

for (const kind of FUSE_KINDS) {
  describeMounted(
    kind,
    () => mountFuse(kind, 64 * 1024 ** 2),
    (mounted) => {
      const root = temporaryFolder('near-names')
      const set = join(root, 'set')
      for (const path of SENT) {
        mkdirSync(join(set, path, '..'), { recursive: true })
        writeFileSync(join(set, path), `set/${path}`)
      }
      writeFileSync(join(root, 'top?.txt'), 'top?.txt')
      let count = 0
      const fresh = (): string => {
        const dir = join(mounted.path, String((count += 1)))
        mkdirSync(dir)
        return dir
      }

      for (const rule of ['keep-both', 'replace'] as const) {
        for (const route of ['encrypted', 'unencrypted', 'copied'] as const) {
          test(`${route}, ${rule}`, async () => {
            const dir = fresh()
            const common = ['--on-conflict', rule, '--state', join(root, `here-${String(count)}`)]
            let reporting: Running
            if (route === 'copied') {
              reporting = penstock(['send', set, join(root, 'top?.txt'), '--to-folder', dir, ...common])
            } else {
              const clear = route === 'encrypted' ? [] : ['--clear']
              const fixed = ['--dir', dir, '--port', '0', '--accept', 'all', '--hidden', '--once']
              reporting = penstock(['receive', ...fixed, ...clear, ...common])
              const { port } = await portsOf(reporting)
              const to = sendTo(port, set, join(root, 'there'))
              const sending = penstock([...to, join(root, 'top?.txt'), ...clear])
              assert.equal(await sending.exit, 0, JSON.stringify(sending.lines.at(-1)))
            }
            assert.equal(await reporting.exit, 0, JSON.stringify(reporting.lines.at(-1)))
            assertNoted(reporting, [...NOTES, 'top?.txt as top_.txt'])
            assertArrived(dir, { ...HERE, 'top?.txt': 'top_.txt' })
            assert.deepEqual(readdirSync(dir).sort(), ['set', 'top_.txt'])
          })
        }
      }

      test('of a phone', async () => {
        const dir = fresh()
        const fixed = ['--dir', dir, '--port', '0', '--accept', 'all', '--hidden', '--once']
        const receiving = penstock(['receive', ...fixed, '--state', join(root, `here-${String(count)}`)])
        const phone = new Phone((await portsOf(receiving)).port)
        const names = ['a:b?.txt', 'd?/c:d']
        await phone.offer(names.map((fileName) => ({ id: fileName, fileName, size: fileName.length })))
        for (const id of names) assert.equal((await phone.upload(id, id)).status, 200)
        assert.equal(await receiving.exit, 0)
        assertArrived(dir, { 'a:b?.txt': 'a_b_.txt', 'd?/c:d': 'd_/c_d' })
        assertNoted(receiving, ['a:b?.txt as a_b_.txt', 'd? as d_', 'd?/c:d as c_d'])
      })
    },
  )
}
