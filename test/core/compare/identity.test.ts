// Invariant: a comparison with another device goes out under the identity that this device has there, so that "always accept"
// holds for each of its rounds, and leaves no trace in the state that the identity is of.
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
