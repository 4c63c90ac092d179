// Invariant: the CPU copies that a report derives for sendfile follow the interface as ethtool sets it: none with
// scatter-gather, one without; the rule states which, and the plan states it in advance.
import { copyRuleCode } from '../../main/messages/copy-rules.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { ADDRESS, INTERFACE, makeNetwork, NAMESPACE, on, removeNetwork, type Side } from '../bench/network.ts'
import { penstock, portsOf } from '../support/processes/cli.ts'
import { patterned } from '../support/files/tree.ts'
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
  ['on', 'sendfile', 0, /^sendfile-gather$/],
  ['off', 'sendfile', 1, /^sendfile-linearised$/],
  ['off', 'splice', 1, /^splice-linearised$/],
  ['off', 'readwrite', 2, /^read-then-write$/],
  ['on', 'splice', 0, /^splice-gather$/],
] as const

function setFeature(name: string, feature: string, state: string): void {
  const [ip, ...inNamespace] = on('a')
  assert.ok(ip !== undefined)
  execFileSync(ip, [...inNamespace, 'ethtool', '-K', name, feature, state], { stdio: 'ignore' })
}

for (const [state, technique, cpu, rule] of cases) {
  test(`${technique} with scatter-gather ${state}: ${cpu}`, { skip: without, timeout: 60_000 }, async () => {
    setFeature(INTERFACE.a, 'sg', state)
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
    assert.match(copyRuleCode(sent.copies.rule), rule)
    if (technique !== 'sendfile') return
    assert.equal(sent.reason?.code, state === 'on' ? 'whole-files-in-order' : 'no-scatter-gather')
  })
}

test('without segmentation by the card sendfile copies no more than with it', { skip: without }, async () => {
  setFeature(INTERFACE.a, 'sg', 'on')
  setFeature(INTERFACE.a, 'tso', 'off')
  const ends = { host: ADDRESS.b, aroundSender: on('a'), aroundReceiver: on('b') }
  const { sent } = await transferBetween({ root, source, ...ends, send: ['--technique', 'sendfile'] })
  assert.equal(sent.copies?.cpu, 0)
  assert.equal(copyRuleCode(sent.copies.rule), 'sendfile-gather')
})

const factsSchema = z.looseObject({
  event: z.literal('facts'),
  route: z
    .looseObject({
      interfaceName: z.string(),
      driver: z.string().nullable(),
      scatterGather: z.boolean(),
      sameMachine: z.boolean(),
      virtual: z.boolean(),
    })
    .nullable(),
})

async function routeTo(host: string, port: number) {
  const to = `${host}:${port}`
  const running = penstock(['techniques', source, '--to', to, '--state', join(root, 'state')], on('a'))
  const facts = factsSchema.parse(await running.seen('facts'))
  assert.equal(await running.exit, 0)
  return facts.route
}

/** A server to connect to, on one side. */
async function listenOn(side: Side): Promise<{ readonly port: number; stop(): Promise<unknown> }> {
  const place = ['--dir', join(root, `at-${side}`), '--state', join(root, `state-${side}`), '--port', '0']
  const running = penstock(['receive', ...place, '--accept', 'all', '--hidden'], on(side))
  const { port } = await portsOf(running)
  const stop = (): Promise<unknown> => {
    running.child.kill('SIGINT')
    return running.exit
  }
  return { port, stop }
}

describe('where several interfaces could be meant', { skip: without, timeout: 60_000 }, () => {
  const second = 'ps-second'
  const peers: Partial<Record<Side, Awaited<ReturnType<typeof listenOn>>>> = {}

  before(async () => {
    if (without !== false) return
    const ip = (side: Side, ...args: string[]): void => {
      const [program = '', ...rest] = [...on(side), 'ip', ...args]
      execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] })
    }
    ip('a', 'link', 'add', second, 'type', 'veth', 'peer', 'name', second, 'netns', NAMESPACE.b)
    ip('a', 'addr', 'add', '10.77.9.1/24', 'dev', second)
    ip('b', 'addr', 'add', '10.77.9.2/24', 'dev', second)
    ip('b', 'addr', 'add', '10.77.0.200/32', 'dev', second)
    for (const side of ['a', 'b'] as const) ip(side, 'link', 'set', second, 'up')
    // One address of the first network is reached by the second interface.
    ip('a', 'route', 'add', '10.77.0.200/32', 'dev', second)
    setFeature(INTERFACE.a, 'sg', 'on')
    setFeature(second, 'sg', 'off')
    for (const side of ['a', 'b'] as const) peers[side] = await listenOn(side)
  })

  after(() => Promise.all(Object.values(peers).map((peer) => peer.stop())))

  const ways = [
    ['b', ADDRESS.b, INTERFACE.a, true, false],
    ['b', '10.77.9.2', second, false, false],
    ['b', '10.77.0.200', second, false, false],
    // Its own addresses, whichever interface holds them.
    ['a', ADDRESS.a, 'lo', true, true],
    ['a', '10.77.9.1', 'lo', true, true],
  ] as const

  for (const [side, host, name, scatterGather, sameMachine] of ways) {
    test(`to ${host} by ${name}`, async () => {
      const route = await routeTo(host, peers[side]?.port ?? 0)
      assert.deepEqual(
        [route?.interfaceName, route?.scatterGather, route?.sameMachine, route?.virtual],
        [name, scatterGather, sameMachine, true],
      )
    })
  }
})
