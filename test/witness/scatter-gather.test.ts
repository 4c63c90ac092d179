// Invariant: the CPU copies that a report derives for sendfile follow the interface as ethtool sets it: none with
// scatter-gather, one without, and the rule says which; and the plan says so before.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ADDRESS, INTERFACE, makeNetwork, on, removeNetwork } from '../bench/network.ts'
import { patterned } from '../support/tree.ts'
import { missing, scratch, transferBetween } from './transfer.ts'

const without = missing('ethtool', { root: true })
const { path: root, remove } = await scratch()
const source = join(root, 'file')

before(async () => {
  await writeFile(source, patterned(24 * 1024 * 1024))
  if (without === false) makeNetwork()
})

after(async () => {
  removeNetwork()
  await remove()
})

const cases = [
  ['on', 'sendfile', 0, /^sendfile-gather,/],
  ['off', 'sendfile', 1, /^sendfile-no-scatter-gather-/],
  ['off', 'splice', 1, /^splice-no-scatter-gather-/],
  ['off', 'readwrite', 2, /^read-then-write,/],
  ['on', 'splice', 0, /^splice-gather,/],
] as const

for (const [state, technique, cpu, rule] of cases) {
  test(`${technique} with scatter-gather ${state}: ${cpu}`, { skip: without, timeout: 60_000 }, async () => {
    const [ip, ...inNamespace] = on('a')
    assert.ok(ip !== undefined)
    execFileSync(ip, [...inNamespace, 'ethtool', '-K', INTERFACE.a, 'sg', state], { stdio: 'ignore' })
    const { sent } = await transferBetween({
      root,
      source,
      host: ADDRESS.b,
      send: technique === 'sendfile' ? [] : ['--technique', technique],
      aroundSender: on('a'),
      aroundReceiver: on('b'),
    })
    assert.equal(sent.technique, technique)
    assert.equal(sent.copies?.cpu, cpu)
    assert.match(sent.copies.rule, rule)
    if (technique !== 'sendfile') return
    assert.equal(sent.reason?.code, state === 'on' ? 'whole-files-in-order' : 'no-scatter-gather')
  })
}
