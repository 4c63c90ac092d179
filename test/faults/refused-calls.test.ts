// Invariant: a system call that a sandbox, a kernel or a file system refuses costs no file, whatever error says so: another call
// takes its place, and the report names what ran in the end.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { REFUSED_CALLS, refusing, type RefusedCall } from '../support/processes/seccomp.ts'
import { describeTree, patterned } from '../support/files/tree.ts'

const CHILD = fileURLToPath(new URL('./refused-calls-child.ts', import.meta.url))
const run = promisify(execFile)

const root = mkdtempSync(join(tmpdir(), 'penstock-refused-'))
const source = join(root, 'tree')
let tree: readonly string[] = []

before(async () => {
  await mkdir(join(source, 'a/b'), { recursive: true })
  for (let index = 0; index < 10; index += 1)
    await writeFile(join(source, `a/b/${index}`), patterned(index * 500))
  await writeFile(join(source, 'large'), patterned(9 * 1024 * 1024 + 1))
  tree = await describeTree(source)
})

after(() => rm(root, { recursive: true, force: true }))

const endsSchema = z.array(
  z.object({
    name: z.string(),
    end: z.unknown(),
    notDelivered: z.array(z.unknown()),
    technique: z.string().nullable(),
    tree: z.unknown(),
  }),
)

async function assertDelivered(calls: readonly RefusedCall[], error: Parameters<typeof refusing>[1]) {
  const [program = '', ...args] = refusing(calls, error)
  const { stdout } = await run(program, [...args, process.execPath, '--import', 'tsx', CHILD, source])
  const ends = endsSchema.parse(JSON.parse(stdout))
  assert.equal(ends.length, 5)
  for (const { name, end, notDelivered, tree: arrived } of ends) {
    assert.deepEqual(
      { name, end, notDelivered, arrived },
      { name, end: 'done', notDelivered: [], arrived: tree },
    )
  }
  return new Map(ends.map(({ name, technique }) => [name, technique]))
}

for (const call of REFUSED_CALLS) {
  test(`without ${call}`, async () => {
    await assertDelivered([call], 'EPERM')
  })
}

test('copy_file_range that fails with EIO leaves the file to the next technique', async () => {
  const techniques = await assertDelivered(['copy_file_range'], 'EIO')
  assert.equal(techniques.get('copy'), 'copyfile')
})

/** Techniques that make one of these calls. */
const BY_REFUSED = ['sendfile', 'splice', 'copyrange', 'copyfile']

for (const error of ['EPERM', 'ENOSYS', 'EOPNOTSUPP', 'EINVAL', 'EXDEV'] as const) {
  test(`with none of these calls, by ${error}, those that need none of them are left`, async () => {
    // Node itself does not replace statx for this error.
    const refused = REFUSED_CALLS.filter((call) => call !== 'statx' || error !== 'EXDEV')
    const techniques = await assertDelivered(refused, error)
    assert.equal(techniques.get('copy'), 'readwrite')
    for (const technique of techniques.values())
      assert.ok(!BY_REFUSED.includes(technique ?? ''), technique ?? '')
  })
}
