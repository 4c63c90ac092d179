// Invariant: the window's receiver applies the current settings as soon as that interrupts no transfer, keeps its ports, and
// shows why it does not run.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PenstockError } from '../../main/contract/errors.ts'
import type { ReceiveOptions, Receiving, Transfer } from '../../main/core/api.ts'
import { Receiver } from '../../main/desktop/services/receiver.ts'
import { FakeTransfer } from '../cli/fake.ts'

const TERMS = {
  dir: '/in',
  technique: 'auto',
  bufferBytes: 65_536,
  durability: 'commit',
  check: true,
  onConflict: 'keep-both',
  pin: null,
  visible: true,
} as const

/** Receivers on ports 1000, 1001 and so on, each of which fails if the test requests it. */
function product() {
  const log: string[] = []
  const opened: ReceiveOptions[] = []
  const failures: (PenstockError | null)[] = []
  let incoming: (transfer: Transfer) => void = () => undefined
  let closing: () => Promise<void> = () => Promise.resolve()
  return {
    log,
    opened,
    /** Outcomes of the next starts; null succeeds. */
    failures,
    comes: (transfer: Transfer) => incoming(transfer),
    closeFails: (error: Error) => (closing = () => Promise.reject(error)),
    receive(options: ReceiveOptions): Promise<Receiving> {
      const failure = failures.shift() ?? null
      log.push(`open ${options.port} ${options.dir}`)
      if (failure) return Promise.reject(failure)
      opened.push(options)
      const port = options.port === 'default' ? 1000 : options.port
      return Promise.resolve({
        port,
        dataPort: port + 1,
        dir: options.dir,
        onTransfer: (listener) => {
          incoming = listener
          return () => undefined
        },
        openLink: () => Promise.reject(new Error('not asked for')),
        close: () => {
          log.push(`close ${port}`)
          return closing()
        },
      })
    },
  }
}

function setUp() {
  const penstock = product()
  const state = { terms: { ...TERMS, dir: '/in' }, changes: 0, transfers: 0 }
  const receiver = new Receiver(penstock, {
    options: () => state.terms,
    decide: () => Promise.resolve({ accept: true }),
    onTransfer: () => {
      state.transfers += 1
    },
    changed: () => {
      state.changes += 1
    },
  })
  return { penstock, state, receiver }
}

test('it listens for every device of the network, with the consent of each offer for unencrypted ones', async () => {
  const { penstock, state, receiver } = setUp()
  assert.deepEqual([receiver.port, receiver.problem], [null, null])
  await receiver.apply()
  const [options] = penstock.opened
  assert.ok(options !== undefined)
  const { decide: _, ...rest } = options
  assert.deepEqual(rest, {
    ...TERMS,
    ...{ host: 'any', only: null, port: 'default', dataPort: 'next', pin: null, clear: true, visible: true },
  })
  assert.deepEqual([receiver.port, receiver.problem, state.changes], [1000, null, 1])
})

test('the same settings restart nothing; others do, on the same ports, after the old one has closed', async () => {
  const { penstock, state, receiver } = setUp()
  await receiver.apply()
  await receiver.apply()
  state.terms = { ...TERMS, dir: '/other' }
  await receiver.apply()
  assert.deepEqual(penstock.log, ['open default /in', 'close 1000', 'open 1000 /other'])
  assert.equal(penstock.opened[1]?.dataPort, 1001)
})

test('settings wait until the last transfer has ended', async () => {
  const { penstock, state, receiver } = setUp()
  await receiver.apply()
  const [first, second] = [new FakeTransfer('receiver'), new FakeTransfer('receiver')]
  penstock.comes(first)
  penstock.comes(second)
  assert.equal(state.transfers, 2)
  state.terms = { ...TERMS, dir: '/other' }
  await receiver.apply()
  first.cancel()
  await first.ended
  await receiver.apply()
  assert.deepEqual(penstock.log, ['open default /in'])
  second.cancel()
  await second.ended
  await receiver.apply()
  assert.deepEqual(penstock.log, ['open default /in', 'close 1000', 'open 1000 /other'])
})

test('a port in use is shown, and the next attempt takes any port', async () => {
  const { penstock, state, receiver } = setUp()
  penstock.failures.push(new PenstockError('port-in-use', { port: 1000 }))
  await receiver.apply()
  assert.deepEqual([receiver.port, receiver.problem?.code, state.changes], [null, 'port-in-use', 1])
  await receiver.apply()
  assert.deepEqual([receiver.port, receiver.problem, state.changes], [1000, null, 2])
})

test('a restart that fails is shown, and does not keep the port for itself', async () => {
  const { penstock, state, receiver } = setUp()
  await receiver.apply()
  penstock.failures.push(new PenstockError('no-permission', { path: '/other' }))
  state.terms = { ...TERMS, dir: '/other' }
  await receiver.apply()
  assert.deepEqual([receiver.port, receiver.problem?.code], [null, 'no-permission'])
  await receiver.apply()
  assert.deepEqual([receiver.port, receiver.problem], [1000, null])
  assert.deepEqual(penstock.log.slice(2), ['open 1000 /other', 'open default /other'])
})

test('a receiver that fails to close is gone, and that is shown', async () => {
  const { penstock, state, receiver } = setUp()
  await receiver.apply()
  penstock.closeFails(new Error('unexpected'))
  state.terms = { ...TERMS, dir: '/other' }
  await receiver.apply()
  assert.deepEqual([receiver.port, receiver.problem?.code], [null, 'internal'])
  await receiver.apply()
  assert.equal(receiver.port, 1000)
})

test('settings that cannot be read are shown, and later ones are applied', async () => {
  const penstock = product()
  const folders: (() => string)[] = [
    () => {
      throw new Error('no such folder')
    },
  ]
  const receiver = new Receiver(penstock, {
    options: () => ({ ...TERMS, dir: (folders.shift() ?? (() => '/in'))() }),
    decide: () => Promise.resolve({ accept: true }),
    onTransfer: () => undefined,
    changed: () => undefined,
  })
  await receiver.apply()
  assert.equal(receiver.problem?.code, 'internal')
  await receiver.apply()
  assert.deepEqual([receiver.port, receiver.problem], [1000, null])
})

test('calls at the same time run one after the other, and the last settings hold', async () => {
  const { penstock, state, receiver } = setUp()
  const calls = ['/1', '/2', '/3'].map((dir) => {
    state.terms = { ...TERMS, dir }
    return receiver.apply()
  })
  await Promise.all(calls)
  assert.deepEqual(penstock.log, ['open default /3'])
  state.terms = { ...TERMS, dir: '/4' }
  await Promise.all([receiver.apply(), receiver.apply()])
  assert.deepEqual(penstock.log.slice(1), ['close 1000', 'open 1000 /4'])
})
