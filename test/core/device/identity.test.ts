// Invariant: a state folder has one private identity, created once, the same for concurrent callers, and never replaced.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { PenstockError } from '../../../main/contract/errors.ts'
import { defaultAlias } from '../../../main/core/device/alias.ts'
import { fingerprintOf, loadIdentity } from '../../../main/core/device/identity.ts'

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-identity-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return join(dir, 'state')
}

test('it is an EC certificate that may sign, and stays the same', async (t) => {
  const dir = await folder(t)
  const first = await loadIdentity(dir)
  const certificate = new X509Certificate(first.certificatePem)
  assert.equal(first.fingerprint, fingerprintOf(certificate.raw))
  assert.match(first.fingerprint, /^[0-9a-f]{64}$/)
  assert.equal(certificate.ca, true)
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  assert.deepEqual(await loadIdentity(dir), first)
  assert.equal((await stat(dir)).mode & 0o777, 0o700)
  assert.deepEqual(await readdir(dir), ['identity.json'])
  assert.equal((await stat(join(dir, 'identity.json'))).mode & 0o777, 0o600)
})

test('all who start at once have the same', async (t) => {
  const dir = await folder(t)
  const script = `import('${new URL('../../../main/core/device/identity.ts', import.meta.url).href}')
    .then(({ loadIdentity }) => loadIdentity(process.argv[1]))
    .then(({ fingerprint }) => process.stdout.write(fingerprint))`
  const run = async () =>
    (await promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', script, dir])).stdout
  const here = Array.from({ length: 4 }, async () => (await loadIdentity(dir)).fingerprint)
  const found = new Set(await Promise.all([run(), run(), ...here]))
  assert.equal(found.size, 1)
  assert.deepEqual(await readdir(dir), ['identity.json'])
})

test('one that cannot be used is an error and is left as it is', async (t) => {
  const dir = await folder(t)
  const other = await folder(t)
  await loadIdentity(dir)
  const path = join(dir, 'identity.json')
  const text = await readFile(path, 'utf8')
  const foreign = await loadIdentity(other)
  const { certificatePem } = foreign
  const mixed = text.replace(
    /"certificatePem":"[^"]*"/,
    () => `"certificatePem":${JSON.stringify(certificatePem)}`,
  )
  for (const broken of ['', '{}', text.slice(0, 300), text.replace('"version":1', '"version":2'), mixed]) {
    await writeFile(path, broken)
    await assert.rejects(
      loadIdentity(dir),
      (error) => error instanceof PenstockError && error.code === 'state-unreadable',
      broken,
    )
    assert.equal(await readFile(path, 'utf8'), broken)
  }
})

test('the alias is the host name without its domain, and never empty', () => {
  assert.equal(defaultAlias('desk.example.org'), 'desk')
  assert.equal(defaultAlias(''), 'Penstock')
  assert.equal(defaultAlias('x'.repeat(300)).length, 64)
})
