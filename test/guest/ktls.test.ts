// Invariant: on a Linux with the tls module, kernel and user space read and write the same records: every pair carries every
// file byte for byte, reports the technique that carried it, and ends correctly if the connection or the bytes fail. The
// cases are in inside/kernel-tls.ts and run in a guest.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seedAssignment } from '../support/random.ts'
import { assertReported } from '../support/reported.ts'
import { scratch } from '../witness/transfer.ts'
import { bundle, ENVIRONMENT, missingGuest, runInGuest } from './guest.ts'

/** A variable with which the cases of chance run more often: `PENSTOCK_GUEST_ROUNDS=20 npm run test:all -- ktls`. */
const ROUNDS = Number(process.env['PENSTOCK_GUEST_ROUNDS'] ?? 1)

const PAIRS = ['ktls', 'seal'].flatMap((send) => ['ktls', 'unseal'].map((receive) => `${send} to ${receive}`))

/** Tests that must have run. */
const ROWS = PAIRS.flatMap((pair) => [
  `${pair}: every file arrives`,
  `${pair}: several streams`,
  `${pair}: a bit that changes on the way`,
  `${pair}: a connection that ends`,
  `${pair}: cancelled by the sender`,
  `${pair}: cancelled by the receiver`,
])

test('kernel TLS in a guest', { skip: missingGuest('ktls'), timeout: ROUNDS * 300_000 }, async (t) => {
  const { path, remove } = await scratch()
  t.after(remove)
  // The program in the guest gets it from here, and prints only results.
  t.diagnostic(seedAssignment)
  const node = `"${process.execPath}" --test-reporter="${bundle('line-reporter')}"`
  const output = await runInGuest(
    path,
    [
      ...ENVIRONMENT,
      `export ${seedAssignment} PENSTOCK_GUEST_ROUNDS=${ROUNDS}`,
      `${node} "${bundle('kernel-tls')}" >/dev/ttyS1 2>&1`,
      'echo "ended: $?" >/dev/ttyS1',
    ],
    { memoryMiB: 1536, lifeMs: ROUNDS * 290_000 },
  )
  await assertReported(t, output, ROWS)
  assert.match(output, /^ended: 0\r?$/mu)
})
