// Invariant: the plan of a local copy never chooses a technique that cannot run or is known to fail at its target, obeys the
// user, and agrees with what `penstock techniques` predicts for the folder.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { COPY_TECHNIQUES } from '../../../main/contract/technique.ts'
import { planCopy, whyItCannot } from '../../../main/core/plan/copy-plan.ts'
import { planCopyTechniques } from '../../../main/core/plan/techniques.ts'
import { penstock } from '../../support/processes/cli.ts'
import { fc } from '../../support/random.ts'

const known = fc.constantFrom(true, false, null)
const places = fc.record({ sharesBlocks: known, oneFileSystem: known })

test('at any place: what is taken can run there, each other has a reason', () => {
  fc.assert(
    fc.property(
      fc.subarray([...COPY_TECHNIQUES]),
      fc.constantFrom('auto' as const, ...COPY_TECHNIQUES),
      places,
      (supported, wanted, place) => {
        const choice = planCopy(supported, wanted, place)
        if (choice === null) {
          const could = supported.filter((one) => whyItCannot(one, place) === null)
          assert.ok(wanted === 'auto' ? could.length === 0 : !supported.includes(wanted))
          return
        }
        assert.ok(supported.includes(choice.technique))
        if (wanted !== 'auto') assert.equal(choice.technique, wanted)
        else assert.equal(whyItCannot(choice.technique, place), null)
        assert.deepEqual(
          [choice, ...choice.rejected].map(({ technique }) => technique).sort(),
          [...COPY_TECHNIQUES].sort(),
        )
      },
    ),
  )
})

for (const [place, technique, code] of [
  [{ sharesBlocks: true, oneFileSystem: true }, 'clone', 'shares-blocks'],
  [{ sharesBlocks: false, oneFileSystem: true }, 'copyrange', 'copies-in-kernel'],
  [{ sharesBlocks: true, oneFileSystem: false }, 'copyfile', 'copies-between-file-systems'],
  [{ sharesBlocks: null, oneFileSystem: null }, 'clone', 'same-machine'],
] as const) {
  test(`${JSON.stringify(place)}: ${technique}, since ${code}`, () => {
    const choice = planCopy(COPY_TECHNIQUES, 'auto', place)
    assert.deepEqual([choice?.technique, choice?.reason.code], [technique, code])
  })
}

test('what is foretold for a folder, also one that is not there yet, is what a copy does', async (context) => {
  const place = await mkdtemp(join(tmpdir(), 'penstock-core-'))
  context.after(() => rm(place, { recursive: true, force: true }))
  const file = join(place, 'file.bin')
  await writeFile(file, 'x'.repeat(100_000))
  const dir = join(place, 'new', 'folder')
  const { copy, target } = await planCopyTechniques({ path: file, dir })
  assert.equal(target.folder, place)
  assert.equal(target.oneFileSystem, true)
  const foretold = copy.find(({ chosen }) => chosen)?.technique
  await mkdir(dir, { recursive: true })
  const state = ['--state', join(place, 'state')]
  const listed = penstock(['techniques', ...state, file, '--to-folder', dir])
  assert.equal(await listed.exit, 0)
  const line = listed.lines.find(({ event, chosen }) => event === 'technique' && chosen === true)
  assert.deepEqual([line?.['direction'], line?.['technique']], ['copy', foretold])
  const copied = penstock(['send', ...state, file, '--to-folder', dir])
  assert.equal(await copied.exit, 0)
  assert.equal(copied.lines.find(({ event }) => event === 'report')?.['technique'], foretold)
})
