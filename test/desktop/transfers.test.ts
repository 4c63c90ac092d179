// Invariant: the list shows each transfer with its end until the user removes it; an error in one transfer does not hide
// another, and an ended transfer is no longer polled.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Snapshot } from '../../main/contract/ipc.ts'
import type { TerminalState, TransferView } from '../../main/contract/transfer.ts'
import type { Transfer } from '../../main/core/api.ts'
import { PenstockError } from '../../main/contract/errors.ts'
import { Transfers } from '../../main/desktop/services/transfers.ts'
import { BEGUN } from '../support/view.ts'

const CANCELLED: TerminalState = { kind: 'cancelled', by: 'here', problem: { code: 'cancelled-here' } }

/** A transfer that the test moves. */
class Moved implements Transfer {
  readonly peerIdentity = null
  readonly isWanted = true
  readonly ended: Promise<TerminalState>
  looks = 0
  cancels = 0
  techniques: string[] = []
  throws = false
  #view: TransferView
  #resolve: (state: TerminalState) => void = () => undefined
  readonly #listeners = new Set<() => void>()

  constructor(
    readonly id: string,
    fields: Partial<TransferView> = {},
  ) {
    this.#view = { ...BEGUN, ...fields }
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  get role(): Transfer['role'] {
    return this.#view.role
  }

  view(): TransferView {
    this.looks += 1
    if (this.throws) throw new TypeError('broken view')
    return this.#view
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  cancel(): void {
    this.cancels += 1
  }

  setTechnique(technique: string): void {
    this.techniques.push(technique)
  }

  /** Bytes move, without an event. */
  set(fields: Partial<TransferView>): void {
    this.#view = { ...this.#view, ...fields }
  }

  change(fields: Partial<TransferView>): void {
    this.set(fields)
    for (const listener of this.#listeners) listener()
  }

  async end(state: TerminalState = CANCELLED): Promise<void> {
    this.change({ state })
    this.#resolve(state)
    await this.ended
  }
}

function list(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const shown: Snapshot[] = []
  const errors: unknown[] = []
  const transfers = new Transfers({
    changed: (snapshot) => shown.push(snapshot),
    failed: (error) => errors.push(error),
  })
  return { transfers, shown, errors, sample: () => t.mock.timers.tick(100) }
}

test('added: shown at once under a key of its own, then on every sample while it runs', (t) => {
  const { transfers, shown, sample } = list(t)
  const [one, two] = [new Moved('1'), new Moved('2', { transferId: 'other' })]
  assert.deepEqual([transfers.add(one), transfers.add(two)], ['sender:1', 'sender:2'])
  assert.equal(transfers.active, 2)
  one.set({ bytes: 40 })
  sample()
  assert.deepEqual(
    shown.map(({ key, view }) => [key, view.bytes]),
    [
      ['sender:1', 0],
      ['sender:2', 0],
      ['sender:1', 40],
      ['sender:2', 0],
    ],
  )
})

const STATES = [
  ['preparing', false],
  ['offered', false],
  ['running', true],
  ['committing', true],
] as const
for (const [kind, sampled] of STATES) {
  test(`${kind}: ${sampled ? 'sampled' : 'shown on a change only'}, and not to be removed`, (t) => {
    const { transfers, shown, sample } = list(t)
    const transfer = new Moved('1', { state: { kind } })
    const key = transfers.add(transfer)
    sample()
    assert.equal(shown.length, sampled ? 2 : 1)
    transfer.change({ bytes: 1 })
    assert.equal(shown.at(-1)?.view.bytes, 1)
    assert.throws(
      () => transfers.forget(key),
      (error: unknown) => error instanceof PenstockError && error.code === 'busy',
    )
  })
}

test('an unchanged transfer is reported again by a sample only, not by a change', (t) => {
  const { transfers, shown } = list(t)
  const transfer = new Moved('1')
  transfers.add(transfer)
  transfer.change({})
  assert.equal(shown.length, 1)
})

test('ended: its last snapshot stays, it is not asked again, and controls of it do nothing', async (t) => {
  const { transfers, shown, sample } = list(t)
  const transfer = new Moved('1')
  const key = transfers.add(transfer)
  await transfer.end()
  assert.equal(transfers.active, 0)
  const [looks, count] = [transfer.looks, shown.length]
  sample()
  const untimed = (one: Snapshot | undefined) => one && { ...one, sampledAt: 0 }
  assert.deepEqual(transfers.all().map(untimed), [untimed(shown.at(-1))])
  transfers.cancel(key)
  transfers.setTechnique(key, 'sendfile')
  assert.deepEqual([transfer.looks, shown.length], [looks, count])
  assert.deepEqual([transfer.cancels, transfer.techniques], [0, []])
})

test('a change after the end is shown, unless the transfer was removed', async (t) => {
  const { transfers, shown } = list(t)
  const transfer = new Moved('1')
  const key = transfers.add(transfer)
  await transfer.end()
  transfer.change({ peerTechnique: 'splice' })
  assert.equal(shown.at(-1)?.otherEnd?.technique, 'splice')
  transfers.forget(key)
  const count = shown.length
  transfer.change({ peerTechnique: 'mmap' })
  assert.deepEqual([shown.length, transfers.all()], [count, []])
})

test('controls reach the running transfer of that key; another key is an error', (t) => {
  const { transfers } = list(t)
  const transfer = new Moved('1')
  const key = transfers.add(transfer)
  transfers.cancel(key)
  transfers.setTechnique(key, 'sendfile')
  assert.deepEqual([transfer.cancels, transfer.techniques], [1, ['sendfile']])
  for (const use of ['cancel', 'forget', 'whereIs'] as const) {
    assert.throws(() => transfers[use]('sender:none'), { code: 'internal' })
  }
})

test('the other end is paired with the sender of its transfer id, and with nothing else', async (t) => {
  const { transfers, shown, sample } = list(t)
  const receiving = { role: 'receiver', folder: '/in', savedAs: ['/in/a', '/in/b', '/in/c'] } as const
  const sender = new Moved('1')
  const key = transfers.add(sender)
  const incoming = transfers.add(new Moved('2', { role: 'receiver' }))
  const unrelated = transfers.add(new Moved('3', { transferId: 'other' }))
  const there = new Moved('there', {
    ...receiving,
    choice: { technique: 'splice', reason: { code: 'fell-back' }, rejected: [] },
  })
  transfers.addOtherEnd(there)
  there.change({ files: 1 })
  assert.deepEqual(shown.at(-1)?.otherEnd?.technique, 'splice')
  assert.deepEqual(shown.at(-1)?.view.savedAs, ['/in/a', '/in/b'])
  assert.equal(transfers.whereIs(key), '/in/a')
  assert.deepEqual([transfers.whereIs(incoming), transfers.whereIs(unrelated)], [null, null])
  there.set({ choice: { technique: 'mmap', reason: { code: 'fell-back' }, rejected: [] } })
  sample()
  assert.equal(transfers.all()[0]?.otherEnd?.technique, 'mmap')
  await there.end()
  const looks = there.looks
  sample()
  assert.equal(there.looks, looks)
  await sender.end()
  assert.equal(transfers.whereIs(key), '/in/a')
  transfers.forget(key)
  assert.deepEqual(
    transfers.all().map(({ otherEnd }) => otherEnd),
    [null, null],
  )
})

test('the end of the other end is shown where the sender ended first', async (t) => {
  const { transfers, shown } = list(t)
  const sender = new Moved('1')
  transfers.add(sender)
  const there = new Moved('there', { role: 'receiver', folder: '/in' })
  transfers.addOtherEnd(there)
  await sender.end()
  there.change({ savedAs: ['/in/a'] })
  assert.deepEqual(shown.at(-1)?.view.savedAs, ['/in/a'])
})

test('a receiver whose sender is not listed is not followed', (t) => {
  const { transfers, shown } = list(t)
  const there = new Moved('there', { role: 'receiver' })
  transfers.addOtherEnd(there)
  const { looks } = there
  there.change({ bytes: 1 })
  assert.deepEqual([there.looks, shown.length, transfers.all().length], [looks, 0, 0])
})

test('whereIs: the first saved path, else the folder, else null', (t) => {
  const { transfers } = list(t)
  const at = (id: string, fields: Partial<TransferView>) =>
    transfers.whereIs(transfers.add(new Moved(id, { role: 'receiver', ...fields })))
  assert.equal(at('1', { folder: '/in', savedAs: ['/in/a'] }), '/in/a')
  assert.equal(at('2', { folder: '/in' }), '/in')
  assert.equal(at('3', {}), null)
})

test('a view that throws: the others are sampled on, it is reported once, and its end is shown', async (t) => {
  const { transfers, shown, errors, sample } = list(t)
  const [first, broken, last] = [new Moved('1'), new Moved('2'), new Moved('3')]
  for (const transfer of [first, broken, last]) transfers.add(transfer)
  broken.throws = true
  for (let round = 1; round <= 3; round += 1) {
    first.set({ bytes: round })
    last.set({ bytes: round })
    sample()
    broken.change({})
    const newest = transfers.all()
    assert.deepEqual(
      newest.map(({ view }) => view.bytes),
      [round, 0, round],
    )
  }
  assert.equal(errors.length, 1)
  await broken.end()
  assert.equal(shown.at(-1)?.key, 'sender:2')
  assert.deepEqual(shown.at(-1)?.view.state, CANCELLED)
  assert.equal(transfers.active, 2)
  transfers.forget('sender:2')
})

test('an other end that throws is reported once, and its sender is shown on', async (t) => {
  const { transfers, errors, shown, sample } = list(t)
  const sender = new Moved('1')
  transfers.add(sender)
  const there = new Moved('there', { role: 'receiver', folder: '/in' })
  transfers.addOtherEnd(there)
  there.throws = true
  for (let round = 1; round <= 3; round += 1) {
    sender.set({ bytes: round })
    sample()
    there.change({})
    assert.equal(shown.at(-1)?.view.bytes, round)
  }
  await there.end()
  assert.equal(shown.at(-1)?.view.folder, '/in')
  assert.equal(errors.length, 1)
})

test('a first view that throws: the transfer is cancelled and not listed', (t) => {
  const { transfers } = list(t)
  const broken = new Moved('1')
  broken.throws = true
  assert.throws(() => transfers.add(broken), /broken view/)
  assert.deepEqual([broken.cancels, transfers.all().length], [1, 0])
})

test('sampling stops when nothing is active, and starts again with the next transfer', async (t) => {
  const { transfers, shown, sample } = list(t)
  const one = new Moved('1')
  transfers.add(one)
  await one.end()
  sample()
  const two = new Moved('2')
  transfers.add(two)
  two.set({ bytes: 7 })
  sample()
  assert.equal(shown.at(-1)?.view.bytes, 7)
})
