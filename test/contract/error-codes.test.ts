// Invariant: the program can produce each error code, so that no catalogue describes an error that cannot occur.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import ts from 'typescript'
import { ERROR_CODES } from '../../main/contract/errors.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Whether a literal is only compared with, or names the key or the type of something. */
function isOnlyRead(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isCaseClause(parent) || ts.isLiteralTypeNode(parent)) return true
  if (ts.isPropertyAssignment(parent)) return parent.name === node
  // A list of codes is a set to search, or what the peer may answer: others produce them.
  if (ts.isArrayLiteralExpression(parent)) return true
  if (!ts.isBinaryExpression(parent)) return false
  const { kind } = parent.operatorToken
  return kind === ts.SyntaxKind.EqualsEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsEqualsToken
}

/** The texts of a file's string literals that are used as values. */
function valuesIn(path: string, text: string): Set<string> {
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && !isOnlyRead(node)) found.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
  return found
}

function valuesOfFolders(): Set<string> {
  const found = new Set<string>()
  for (const folder of ['main/core', 'main/cli', 'main/desktop']) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue
      const path = join(ROOT, folder, name)
      for (const value of valuesIn(path, readFileSync(path, 'utf8'))) found.add(value)
    }
  }
  return found
}

/** The texts of string literals in the addon's code for files, which gives reasons for what it leaves out. */
function valuesOfAddon(): Set<string> {
  const folder = join(ROOT, 'native', 'src', 'files')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.cc'),
  )
  const texts = sources.map((name) => readFileSync(join(folder, name), 'utf8'))
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/"([a-z0-9-]+)"/gu)].map(([, value]) => value ?? '')),
  )
}

test('the scan distinguishes codes that are thrown from codes that are compared', () => {
  const only = `
    if (a.code === 'one') f()
    switch (a.code) { case 'two': break }
    const set: 'three'[] = ['four']
    const table = { 'five': 507 }`
  assert.deepEqual([...valuesIn('a.ts', only)], [])
  const given = `throw new E('one'); const a = { code: 'two' }; return b ? 'three' : 'four'`
  assert.deepEqual([...valuesIn('a.ts', given)], ['one', 'two', 'three', 'four'])
})

test('each code is given somewhere', () => {
  const given = new Set([...valuesOfFolders(), ...valuesOfAddon()])
  assert.deepEqual(
    ERROR_CODES.filter((code) => !given.has(code)),
    [],
  )
})
