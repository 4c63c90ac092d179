// Invariant: the shipped addon exports what native/types/addon.ts declares and nothing that only tests use.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const release = new URL('../../../native/build/Release/', import.meta.url)
const shipped = fileURLToPath(new URL('penstock.node', release))

/** The members of an interface of native/types/addon.ts. */
function membersOf(name: string): string[] {
  const text = readFileSync(new URL('../../../native/types/addon.ts', import.meta.url), 'utf8')
  const body = new RegExp(`export interface ${name} \\{\\n([\\s\\S]*?)\\n\\}`, 'u').exec(text)?.[1] ?? ''
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gmu)].map(([, member = '']) => member).sort()
}

test('it exports exactly what is declared', () => {
  const exported: unknown = require(shipped)
  assert.ok(typeof exported === 'object' && exported !== null)
  assert.ok(membersOf('Addon').length > 20)
  assert.deepEqual(Object.keys(exported).sort(), membersOf('Addon'))
})

test('it holds no code of src/testing', { skip: process.platform !== 'linux' }, () => {
  const old = readFileSync(fileURLToPath(new URL('penstock_old_kernel.node', release)))
  const real = readFileSync(shipped)
  assert.ok(!real.equals(old))
  for (const name of ['old_kernel', 'pretend', 'Pretend'])
    assert.ok(!real.includes(name), `${name} is in penstock.node`)
})

test('the package is laid out with this one alone', () => {
  const stage = readFileSync(new URL('../../../build/package/stage.ts', import.meta.url), 'utf8')
  const named = [...stage.matchAll(/native\/build\/Release\/[\w.*-]+/gu)].map(([path]) => path)
  assert.deepEqual([...new Set(named)], ['native/build/Release/penstock.node'])
})
