// Invariant: a comparison with another device uses this device's identity, so that "always accept" applies to each round, and
// does not change that identity's state.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openPenstock } from '../../../main/core/penstock.ts'

test('a state of its own with the identity of another', async (context) => {
  const place = await mkdtemp(join(tmpdir(), 'penstock-core-'))
  context.after(() => rm(place, { recursive: true, force: true }))
  const own = join(place, 'own')
  const device = await openPenstock({ stateDir: own, alias: null })
  await device.close()
  const before = await readdir(own)
  const comparing = await openPenstock({ stateDir: join(place, 'compare'), identityDir: own, alias: null })
  assert.equal(comparing.fingerprint, device.fingerprint)
  await comparing.close()
  assert.deepEqual(await readdir(own), before)
  assert.ok(!(await readdir(join(place, 'compare'))).includes('identity.json'))
})
