// Invariant: `send` reports the end of a transfer once, in words or as one JSON line, and its exit code agrees.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from '../../main/cli/args/parse.ts'
import { send } from '../../main/cli/commands/send.ts'
import { PenstockError } from '../../main/contract/errors.ts'
import type { TerminalState } from '../../main/contract/transfer.ts'
import { answerEach, DEVICE, fakeContext, FakePenstock, jsonLines, REPORT } from './fake.ts'

function sendArgs(line: string) {
  const { args } = parse(line.split(' '))
  assert.ok(args.command === 'send')
  return args
}

const FAILED_FILE = { path: 'a', reason: { code: 'file-changed' }, by: 'failure' } as const
const LEFT_OUT = { path: 'l', reason: { code: 'link-outside' }, by: 'policy' } as const

const NOT_SELECTED = { path: 'n', reason: { code: 'refused' }, by: 'policy' } as const
const NAME_KEPT = { path: 'k', reason: { code: 'name-taken' }, by: 'policy' } as const
const RENAMED = { code: 'other-name', path: 'r', params: { name: '_r' } } as const

const ENDS: readonly (readonly [string, TerminalState, number, string])[] = [
  ['done', { kind: 'done', report: REPORT }, 0, 'report'],
  [
    'a file failed',
    { kind: 'done', report: { ...REPORT, notDelivered: [LEFT_OUT, FAILED_FILE] } },
    1,
    'report',
  ],
  ['a link left out by rule', { kind: 'done', report: { ...REPORT, notDelivered: [LEFT_OUT] } }, 1, 'report'],
  [
    'a file not selected there',
    { kind: 'done', report: { ...REPORT, notDelivered: [NOT_SELECTED] } },
    1,
    'report',
  ],
  ['a name kept there', { kind: 'done', report: { ...REPORT, notDelivered: [NAME_KEPT] } }, 1, 'report'],
  ['only notes', { kind: 'done', report: { ...REPORT, notes: [RENAMED] } }, 0, 'report'],
  ['refused', { kind: 'refused', by: 'peer', problem: { code: 'refused' } }, 3, 'refused'],
  [
    'cancelled there',
    { kind: 'cancelled', by: 'peer', problem: { code: 'cancelled-by-peer' } },
    1,
    'cancelled',
  ],
  ['failed', { kind: 'failed', problem: { code: 'disk-full', params: { needed: 2, free: 1 } } }, 1, 'failed'],
  ['nothing selected', { kind: 'refused', by: 'peer', problem: { code: 'nothing-selected' } }, 3, 'refused'],
  ['without encryption', { kind: 'failed', problem: { code: 'not-encrypted' } }, 2, 'failed'],
  ['a PIN without encryption', { kind: 'failed', problem: { code: 'pin-needs-encryption' } }, 2, 'failed'],
  ['technique', { kind: 'failed', problem: { code: 'technique-unavailable' } }, 2, 'failed'],
]

for (const [name, end, exit, event] of ENDS) {
  test(`JSON: ${name}`, async () => {
    const penstock = new FakePenstock()
    penstock.onSend = (transfer) => {
      transfer.become({ kind: 'running' })
      transfer.become(end)
    }
    const { context, written } = fakeContext(penstock, { json: true })
    assert.equal(await send(sendArgs('send README.md --to Laptop'), context), exit)
    const closing = jsonLines(written.out).filter((line) => line['event'] !== 'progress')
    assert.equal(closing.length, 1)
    assert.equal(closing[0]?.['event'], event)
    assert.equal(closing[0]['transferId'], 't1')
    if (end.kind === 'done') assert.deepEqual(closing[0], { event: 'report', ...end.report })
    else {
      assert.deepEqual(closing[0]['problem'], { code: end.problem.code, params: end.problem.params ?? {} })
      assert.equal(typeof closing[0]['message'], 'string')
      assert.deepEqual(closing[0]['savedAs'], [])
    }
    assert.equal(penstock.closes, 1)
  })
}

test('people: the report in words, nothing on standard error', async () => {
  const penstock = new FakePenstock()
  penstock.onSend = (transfer) => {
    transfer.become({ kind: 'offered' })
    transfer.become({ kind: 'running' })
    transfer.become({ kind: 'done', report: { ...REPORT, notDelivered: [LEFT_OUT] } })
  }
  const { context, written } = fakeContext(penstock)
  assert.equal(await send(sendArgs('send README.md --to Laptop --clear'), context), 1)
  const out = written.out.replaceAll('\u00a0', ' ')
  assert.match(out, /Waiting for Laptop to accept “照片”: 3 files, 5\.00 GB …/)
  assert.match(out, /Sent “照片” to Laptop: 3 entries, 5\.00 GB in 4\.0 s \(1\.25 GB\/s\)\./)
  assert.match(out, /technique sendfile \(whole files go in order/)
  assert.match(out, /System calls: sendfile 12, write 3\n/)
  assert.match(out, /Not delivered: l – This link points outside/)
  assert.doesNotMatch(out, /undefined|\?|[{}]/)
  assert.equal(written.err, '')
})

test('people: a failure goes to standard error with its next step', async () => {
  const penstock = new FakePenstock()
  penstock.onSend = (transfer) => {
    transfer.become({ kind: 'failed', problem: { code: 'peer-gone' } })
  }
  const { context, written } = fakeContext(penstock)
  assert.equal(await send(sendArgs('send README.md --to Laptop'), context), 1)
  assert.match(written.err, /^penstock: The connection .* was lost\.\n {2}Check the network/)
})

test('the options reach the core', async () => {
  const penstock = new FakePenstock()
  penstock.onSend = (transfer) => {
    transfer.become({ kind: 'done', report: REPORT })
  }
  const { context } = fakeContext(penstock, { json: true, pin: '0042' })
  await send(
    sendArgs(
      'send README.md package.json --exclude x --to Laptop --clear --technique mmap --mmap populate,lock --streams 2 --buffer 4k --check off',
    ),
    context,
  )
  assert.deepEqual(penstock.sent[0]?.options, {
    paths: ['README.md', 'package.json'],
    exclude: ['x'],
    to: DEVICE,
    security: 'clear',
    technique: 'mmap',
    mapOptions: ['populate', 'lock'],
    streams: 2,
    bufferBytes: 4096,
    check: false,
    pin: '0042',
  })
})

test('Ctrl-C cancels once, prints it, and exits with 130', async () => {
  const penstock = new FakePenstock()
  const { context, written, interrupt } = fakeContext(penstock, { json: true })
  const stop = interrupt.listen(() => undefined)
  penstock.onSend = (transfer) => {
    transfer.become({ kind: 'running' })
    process.emit('SIGINT')
    process.emit('SIGINT')
  }
  assert.equal(await send(sendArgs('send README.md --to Laptop'), context), 130)
  stop()
  assert.equal(penstock.sent[0]?.transfer.cancels, 1)
  assert.deepEqual(
    jsonLines(written.out).map((line) => [line['event'], line['by']]),
    [['cancelled', 'here']],
  )
  assert.equal(penstock.closes, 1)
})

test('without --to and without a terminal it is wrong use, found before anything is opened', async () => {
  const penstock = new FakePenstock()
  const { context } = fakeContext(penstock)
  await assert.rejects(send(sendArgs('send README.md'), context), { code: 'usage' })
  assert.equal(penstock.closes, 0)
})

test('without --to on a terminal a device is picked by its number', async () => {
  const penstock = new FakePenstock()
  penstock.onSend = (transfer) => {
    transfer.become({ kind: 'done', report: REPORT })
  }
  const made = fakeContext(penstock, { interactive: true })
  const { context, written } = made
  answerEach(made, /Number of the device/, '1\n')
  assert.equal(await send(sendArgs('send README.md'), context), 0)
  assert.match(written.err, /^1 +Laptop +Penstock +192\.0\.2\.7:53317 +abababababababab +multicast +–$/m)
  assert.equal(penstock.sent[0]?.options.to, DEVICE)
})

test('a person is asked for the PIN and the transfer is tried again', async () => {
  const penstock = new FakePenstock()
  penstock.onSend = (transfer) => {
    const first = penstock.sent.length === 1
    transfer.become(
      first
        ? { kind: 'refused', by: 'peer', problem: { code: 'pin-needed' } }
        : { kind: 'done', report: REPORT },
    )
  }
  const made = fakeContext(penstock, { interactive: true })
  const { context, written } = made
  answerEach(made, /PIN of the receiver/, 'bad\u200e\n', '0042\n')
  assert.equal(await send(sendArgs('send README.md --to Laptop'), context), 0)
  assert.deepEqual(
    penstock.sent.map(({ options }) => options.pin),
    [null, '0042'],
  )
  assert.match(written.err, /A PIN has 1 to 64 printable characters/)
  assert.doesNotMatch(written.err + written.out, /0042/)
})

test('a device that is not found is an error of the core, and the product is closed', async () => {
  const penstock = new FakePenstock()
  penstock.resolve = (to) => Promise.reject(new PenstockError('peer-not-found', { to }))
  const { context } = fakeContext(penstock)
  await assert.rejects(send(sendArgs('send README.md --to nobody'), context), { code: 'peer-not-found' })
  assert.equal(penstock.closes, 1)
})

test('a missing path is reported before any prompt', async () => {
  const penstock = new FakePenstock()
  const { context } = fakeContext(penstock)
  await assert.rejects(
    send(sendArgs('send not-there --to Laptop'), context),
    (error) => error instanceof PenstockError && error.code === 'no-such-path',
  )
  assert.equal(penstock.closes, 0)
})
