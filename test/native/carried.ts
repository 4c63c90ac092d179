// The requirements on every combination of techniques, on any file system: the table behind the conformance tests.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { addon, type EngineSample, type EngineTechnique, type SourceFile } from '../../native/index.ts'
import { checksOf, hash, SEALING, seals, TECHNIQUES, transfer, type Outcome } from './harness.ts'

/** File systems that would buffer what is read or written with O_DIRECT, so that the engine does not use it. */
const BUFFERED = { read: ['tmpfs'], write: ['tmpfs', 'btrfs'] } as const

/** The technique that runs in a folder in place of the chosen one: the harness falls back to `readwrite`. */
function expected(technique: EngineTechnique, folder: string, way: 'read' | 'write') {
  const { type } = addon.fileSystem(folder)
  const refused = technique === 'direct' && BUFFERED[way].some((one) => one === type)
  return {
    technique: refused ? 'readwrite' : technique,
    fellBackFrom: refused ? [{ technique, code: 'EOPNOTSUPP', syscall: 'O_DIRECT' }] : [],
  }
}

function movedBy({ bytesBy }: EngineSample): number {
  return Object.values(bytesBy).reduce((sum, bytes) => sum + bytes, 0)
}

/** Hashes of what is sent, which stays the same while a test file runs. */
const hashes = new Map<string, Promise<string>>()

function hashOfSource(path: string): Promise<string> {
  const known = hashes.get(path) ?? hash(path)
  hashes.set(path, known)
  return known
}

export async function assertEqual(
  files: readonly Pick<SourceFile, 'path' | 'index'>[],
  staging: string,
): Promise<void> {
  for (const { path, index } of files)
    assert.equal(await hash(join(staging, String(index))), await hashOfSource(path))
}

export interface Combination {
  readonly send: EngineTechnique
  readonly receive: EngineTechnique
  readonly check: boolean
}

/** Every pair of techniques that can be at the two ends of one stream, with and without the check if it has one. */
export const COMBINATIONS: readonly Combination[] = [TECHNIQUES, SEALING].flatMap(
  ({ send: sending, receive: receiving }) =>
    sending.flatMap((send) =>
      receiving.flatMap((receive) => checksOf(send).map((check) => ({ send, receive, check }))),
    ),
)

export function nameOf({ send, receive, check }: Combination): string {
  return `${send} to ${receive}, check ${check ? 'on' : 'off'}`
}

/** Carries files that go by ranges, at least one of them, and asserts that all is there and was counted as it went. */
export async function assertCarried(
  files: readonly SourceFile[],
  staging: string,
  { send, receive, check }: Combination,
): Promise<Outcome> {
  const outcome = await transfer(files, staging, { send, receive, check })
  const { sent, taken } = outcome
  assert.deepEqual(outcome.sender, { kind: 'done', failures: [] })
  assert.deepEqual(outcome.receiver, { kind: 'done', failures: [] })
  await assertEqual(files, staging)
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  for (const sample of [sent, taken]) {
    assert.equal(sample.bytes, bytes)
    assert.equal(sample.filesDone, files.length)
    assert.equal(movedBy(sample), bytes - sample.holeBytes)
  }
  for (const { transport } of [sent, taken]) assert.equal(transport, seals(send) ? 'sealed' : 'plain')
  assert.deepEqual([sent.verifiedBytes, taken.verifiedBytes], [bytes, check ? bytes - taken.holeBytes : 0])
  // On sealed streams each side has the bytes in a buffer of its own once.
  if (seals(send))
    for (const { userCopyBytes, holeBytes } of [sent, taken]) assert.equal(userCopyBytes, bytes - holeBytes)
  const source = files[0]?.path ?? ''
  const { technique: sender, fellBackFrom } = sent
  assert.deepEqual({ technique: sender, fellBackFrom }, expected(send, source, 'read'))
  const { technique: receiver, fellBackFrom: refused } = taken
  assert.deepEqual({ technique: receiver, fellBackFrom: refused }, expected(receive, staging, 'write'))
  return outcome
}
