// Invariant: each file, folder and name of the code that docs/architecture.md mentions exists.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..', '..', '..')
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8').replaceAll(/```[^]*?```/gu, '')

/** Every path below the folders of the source, with `/` between names. */
const paths = ['main', 'renderer', 'native/src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
    (path) => `${folder}/${path.replaceAll('\\', '/')}`,
  ),
)
const code = paths
  .filter((path) => /\.(?:ts|tsx|cc|h)$/u.test(path))
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('\n')

/** The text between backquotes on one line, without lists and directions. */
const names = [...page.matchAll(/`([^`\n]+)`/gu)]
  .map(([, name = '']) => name)
  .filter((name) => !/[{ ]/u.test(name))

test('files and folders', () => {
  const mentioned = names.filter((name) => /[./]/u.test(name)).map((name) => name.replace(/\/$/u, ''))
  assert.ok(mentioned.length > 40, mentioned.join(' '))
  const missing = mentioned.filter(
    (name) => !existsSync(join(root, name)) && !paths.some((path) => path.endsWith(`/${name}`)),
  )
  assert.deepEqual(missing, [])
})

test('names of the code', () => {
  const mentioned = names
    .filter((name) => /^[A-Za-z]+(?:\(\))?$/u.test(name))
    .map((name) => name.replace('()', ''))
  assert.ok(mentioned.length > 5, mentioned.join(' '))
  assert.deepEqual(
    mentioned.filter((name) => !new RegExp(`\\b${name}\\b`, 'u').test(code)),
    [],
  )
})
