// Invariant: `receive` accepts exactly what its rule allows and reports why it refuses; nothing else mixes with its JSON lines.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from '../../main/cli/args/parse.ts'
import { receive } from '../../main/cli/commands/receive.ts'
import { PenstockError } from '../../main/contract/errors.ts'
import type { IncomingOffer } from '../../main/contract/transfer.ts'
import type { Decision } from '../../main/core/api.ts'
import type { AlwaysAccept } from '../../main/core/device/trust.ts'
import { answerEach, fakeContext, FakePenstock, FakeTransfer, jsonLines, OFFER, REPORT } from './fake.ts'

function receiveArgs(line: string) {
  const { args } = parse(line.split(' '))
  assert.ok(args.command === 'receive')
  return args
}

const ALWAYS = { alwaysAccept: true, trusted: true }
const SEEN = { recent: true }
const CLAIMED = { proved: false, fingerprint: '' }

/** One offer to a receiver with --once; it is interrupted if the offer was refused. */
async function offered(
  line: string,
  options: {
    peer?: Partial<IncomingOffer['peer']>
    room?: IncomingOffer['room']
    always?: AlwaysAccept | null
    json?: boolean
    answer?: string
    pin?: string
  } = {},
) {
  const penstock = new FakePenstock()
  let decision: Decision | undefined
  penstock.onReceive = (asked, incoming) => {
    const transfer = new FakeTransfer('receiver')
    transfer.become({ kind: 'offered' })
    incoming(transfer)
    const offer = { ...OFFER, peer: { ...OFFER.peer, ...options.peer }, room: options.room ?? OFFER.room }
    void asked.decide(offer, new AbortController().signal, options.always ?? null).then((decided) => {
      decision = decided
      if (decided.accept) {
        transfer.become({ kind: 'running' })
        transfer.become({ kind: 'done', report: { ...REPORT, role: 'receiver' } })
      } else {
        // An offer that was refused does not end `--once`.
        transfer.become({ kind: 'refused', by: 'here', problem: decided.problem })
        setImmediate(() => {
          made.interrupt.request()
        })
      }
    })
  }
  const made = fakeContext(penstock, {
    json: options.json ?? false,
    interactive: options.answer !== undefined,
    ...(options.pin === undefined ? {} : { pin: options.pin }),
  })
  if (options.answer !== undefined) answerEach(made, /Accept offer 1\?/, options.answer)
  const exit = await receive(receiveArgs(line), made.context)
  assert.equal(penstock.receivingCloses, 1)
  assert.equal(penstock.closes, 1)
  return { exit, decision, written: made.written, penstock }
}

const accepted = { accept: true }
const refused = { accept: false, problem: { code: 'refused' } }
const busy = { accept: false, problem: { code: 'busy' } }
const unattended = { accept: false, problem: { code: 'refused-unattended' } }

test('what is accepted without a terminal', async () => {
  const table = [
    ['all', {}, accepted, 0],
    ['all', CLAIMED, accepted, 0],
    ['always', ALWAYS, accepted, 0],
    ['always', {}, unattended, 130],
    ['always', SEEN, unattended, 130],
    ['always', CLAIMED, unattended, 130],
    ['always', { ...CLAIMED, ...ALWAYS }, unattended, 130],
    ['ask', ALWAYS, accepted, 0],
    ['ask', {}, unattended, 130],
    ['ask', SEEN, unattended, 130],
    ['ask', { ...CLAIMED, ...ALWAYS }, unattended, 130],
  ] as const
  for (const [rule, peer, decision, exit] of table) {
    const result = await offered(`receive --once --accept ${rule}`, { peer })
    assert.deepEqual(result.decision, decision, `${rule} ${JSON.stringify(peer)}`)
    assert.equal(result.exit, exit, `${rule} ${JSON.stringify(peer)}`)
  }
})

test('on a terminal a device that is always accepted passes without a question', async () => {
  const { decision, written } = await offered('receive --once', { peer: ALWAYS, answer: 'n\n' })
  assert.deepEqual(decision, accepted)
  assert.doesNotMatch(written.err, /Accept offer 1\?/)
})

test('the question names the room, and whether it is enough', async () => {
  for (const [room, shown] of [
    [{ needed: 1e6, free: 5e6 }, /room\s+1\.00.MB needed, 5\.00.MB free/],
    [{ needed: 5e6, free: 5e6 }, /room\s+5\.00.MB needed, 5\.00.MB free/],
    [{ needed: 5e6, free: 1e6 }, /room\s+not enough: 5\.00.MB needed, 1\.00.MB free/],
    [{ needed: 5e6, free: 0 }, /room\s+not enough: 5\.00.MB needed, 0 B free/],
  ] as const) {
    const { written } = await offered('receive --once', { room, answer: 'n\n' })
    assert.match(written.err.replaceAll(/[\u00a0\u202f]/g, ' '), shown)
  }
  const { written } = await offered('receive --once', { room: { needed: 1, free: null }, answer: 'n\n' })
  assert.doesNotMatch(written.err, /room/)
})

test('“a” accepts and stores it, for a proved device only, and only when it is answered', async () => {
  let stored = 0
  const always = () => {
    stored += 1
    return Promise.resolve()
  }
  for (const [answer, decision, count] of [
    ['a', accepted, 1],
    ['Always', accepted, 1],
    ['始终', accepted, 1],
    ['y', accepted, 0],
    ['n', refused, 0],
    ['', refused, 0],
    ['all', refused, 0],
  ] as const) {
    stored = 0
    const { decision: made, written } = await offered('receive --once', { always, answer: `${answer}\n` })
    assert.deepEqual([made, stored], [decision, count], answer)
    assert.match(written.err, /a to trust this device and always accept it/)
  }
  const claimed = await offered('receive --once', { peer: CLAIMED, answer: 'a\n' })
  assert.deepEqual(claimed.decision, refused)
  assert.doesNotMatch(claimed.written.err, /a to trust this device and always accept it/)
  assert.match(claimed.written.err, /did not prove/)
})

test('an offer stays accepted where “always” cannot be stored, and the reason is shown', async () => {
  const always = () => Promise.reject(new PenstockError('no-permission', { path: '/state' }))
  const { decision, written } = await offered('receive --once', { always, answer: 'a\n' })
  assert.deepEqual(decision, accepted)
  assert.match(written.err, /this device could not be set to always accept: .*\/state/)
})

test('without a terminal it prints why it refused', async () => {
  const { written } = await offered('receive --once')
  assert.match(
    written.err,
    /Declined “照片” from Laptop \(192\.0\.2\.7\): this device is not set to be always accepted/,
  )
})

test('on a terminal it asks with who, what, where and whether it is encrypted', async () => {
  const yes = await offered('receive --once', { answer: 'y\n' })
  assert.deepEqual(yes.decision, accepted)
  const asked = yes.written.err.replaceAll('\u00a0', ' ')
  assert.match(asked, /Laptop \(192\.0\.2\.7\) wants to send:/)
  assert.match(asked, /fingerprint +(abab ){15}abab – not seen before/)
  assert.match(asked, /“照片”: 3 files, 5\.00 GB/)
  assert.match(asked, /\/home\/me\/in/)
  assert.match(asked, /not encrypted/)
  for (const answer of ['\n', 'n\n', 'yep\n']) {
    assert.deepEqual((await offered('receive --once', { answer })).decision, refused)
  }
})

test('JSON: listening first, then the offer, then the report, and nothing else on standard output', async () => {
  const { written, exit } = await offered('receive --json --once --accept all --dir /tmp', { json: true })
  assert.equal(exit, 0)
  const lines = jsonLines(written.out)
  assert.deepEqual(
    lines.map((line) => line['event']),
    ['listening', 'offer', 'report'],
  )
  assert.deepEqual(lines[0], {
    event: 'listening',
    port: 40000,
    dataPort: 40001,
    alias: '我的电脑',
    fingerprint: 'cd'.repeat(32),
    dir: '/tmp',
  })
  assert.equal(lines[1]?.['title'], '照片')
  assert.equal(lines[2]?.['role'], 'receiver')
})

test('JSON: a question goes to standard error, not between the lines', async () => {
  const { written } = await offered('receive --json --once', { json: true, answer: 'y\n' })
  assert.equal(jsonLines(written.out).length, 3)
  assert.match(written.err, /Accept offer 1\?/)
})

test('JSON: progress lines carry what they promise', async () => {
  const penstock = new FakePenstock()
  penstock.onReceive = (asked, incoming) => {
    void asked.decide(OFFER, new AbortController().signal, null)
    const transfer = new FakeTransfer('receiver')
    transfer.become({ kind: 'running' })
    incoming(transfer)
    transfer.bytes = 2_500_000_000
    setTimeout(() => {
      transfer.become({ kind: 'done', report: { ...REPORT, role: 'receiver' } })
    }, 600)
  }
  const { context, written } = fakeContext(penstock, { json: true })
  await receive(receiveArgs('receive --once --accept all'), context)
  const progress = jsonLines(written.out).filter((line) => line['event'] === 'progress')
  // Only changes are printed: the bytes changed once.
  assert.equal(progress.length, 1)
  assert.deepEqual(progress[0], {
    event: 'progress',
    transferId: 't1',
    bytes: 2_500_000_000,
    totalBytes: 5_000_000_000,
    files: 0,
    totalFiles: 3,
    bytesPerSecond: 0,
  })
})

test('the rule of --clear and all other options reach the core', async () => {
  const { penstock } = await offered(
    'receive --once --accept all --clear --hidden --port 0 --data-port 7 --technique splice --durability os --check off --on-conflict skip --buffer 8k',
    { pin: '0042' },
  )
  assert.ok(penstock.received)
  const { decide, onText, dir, ...rest } = penstock.received
  assert.equal(typeof decide, 'function')
  assert.equal(typeof onText, 'function')
  assert.equal(dir, process.cwd())
  assert.deepEqual(rest, {
    host: 'any',
    only: null,
    port: 0,
    dataPort: 7,
    pin: '0042',
    clear: true,
    technique: 'splice',
    bufferBytes: 8192,
    durability: 'os',
    check: false,
    onConflict: 'skip',
    visible: false,
  })
})

test('Ctrl-C cancels what runs, closes and exits with 130', async () => {
  const penstock = new FakePenstock()
  const { context, written, interrupt } = fakeContext(penstock, { json: true })
  const stop = interrupt.listen(() => undefined)
  penstock.onReceive = (_, incoming) => {
    const transfer = new FakeTransfer('receiver')
    transfer.become({ kind: 'running' })
    incoming(transfer)
    process.emit('SIGINT')
  }
  assert.equal(await receive(receiveArgs('receive'), context), 130)
  stop()
  assert.equal(penstock.receivingCloses, 1)
  assert.deepEqual(
    jsonLines(written.out).map((line) => line['event']),
    ['listening', 'cancelled'],
  )
})

test('when nobody reads its output any more it stops without a word', async () => {
  const penstock = new FakePenstock()
  const { context, written, stdout } = fakeContext(penstock, { json: true })
  penstock.onReceive = () => {
    stdout.destroy(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }))
  }
  assert.equal(await receive(receiveArgs('receive'), context), 0)
  assert.equal(penstock.receivingCloses, 1)
  assert.equal(written.err, '')
})

test('what stays of a transfer that ended early is named', async () => {
  for (const json of [false, true]) {
    const penstock = new FakePenstock()
    penstock.onReceive = (asked, incoming) => {
      const transfer = new FakeTransfer('receiver')
      transfer.become({ kind: 'offered' })
      incoming(transfer)
      void asked.decide(OFFER, new AbortController().signal, null).then(() => {
        transfer.become({ kind: 'running' })
        transfer.become({ kind: 'cancelled', by: 'peer', problem: { code: 'cancelled-by-peer' } })
      })
    }
    const { context, written } = fakeContext(penstock, { json })
    assert.equal(await receive(receiveArgs('receive --dir /in --once --accept all'), context), 1)
    if (json) assert.deepEqual(jsonLines(written.out).at(-1)?.['savedAs'], ['/home/me/in/照片'])
    else assert.match(written.out, /Saved as \/home\/me\/in\/照片/)
  }
})

test('when its output cannot be written it finishes what runs and takes nothing new', async () => {
  for (const broken of ['stdout', 'stderr'] as const) {
    const penstock = new FakePenstock()
    const made = fakeContext(penstock, { json: true })
    const decisions: Decision[] = []
    penstock.onReceive = (asked, incoming) => {
      const signal = new AbortController().signal
      const transfer = new FakeTransfer('receiver')
      incoming(transfer)
      void (async () => {
        decisions.push(await asked.decide(OFFER, signal, null))
        transfer.become({ kind: 'running' })
        made[broken].destroy(Object.assign(new Error('full'), { code: 'ENOSPC' }))
        await new Promise((resolve) => made[broken].once('close', resolve))
        decisions.push(await asked.decide({ ...OFFER, offerId: 'o2' }, signal, null))
        transfer.become({ kind: 'done', report: { ...REPORT, role: 'receiver' } })
      })()
    }
    assert.equal(await receive(receiveArgs('receive --accept all'), made.context), 0)
    assert.deepEqual(decisions, [accepted, busy])
    assert.equal(made.context.output.failed, true)
    assert.equal(penstock.receivingCloses, 1)
    if (broken === 'stdout') assert.match(made.written.err, /Cannot write to standard output: no space left/)
  }
})

/** Offers by number to `receive --once`, with the decision on each and controls of their transfers. */
function onceWith(numbers: readonly number[], line: string, interactive: boolean) {
  const penstock = new FakePenstock()
  const made = fakeContext(penstock, { interactive })
  const offers = numbers.map((number) => {
    const id = `o${String(number)}`
    return { id, transfer: new FakeTransfer('receiver', id), withdrawal: new AbortController() }
  })
  let decided: (decisions: readonly Decision[]) => void = () => undefined
  const decisions = new Promise<readonly Decision[]>((resolve) => (decided = resolve))
  penstock.onReceive = (asked, incoming) => {
    for (const { transfer } of offers) incoming(transfer)
    void Promise.all(
      offers.map(async ({ id, transfer, withdrawal }) => {
        const decision = await asked.decide({ ...OFFER, offerId: id }, withdrawal.signal, null)
        if (decision.accept) transfer.become({ kind: 'running' })
        else transfer.become({ kind: 'refused', by: 'here', problem: decision.problem })
        return decision
      }),
    ).then(decided)
  }
  return { made, offers, decisions, exit: receive(receiveArgs(line), made.context) }
}

test('--once takes the first accepted offer whole and refuses the others as busy', async () => {
  const { offers, decisions, exit } = onceWith([1, 2, 3], 'receive --once --accept all', false)
  assert.deepEqual(await decisions, [accepted, busy, busy])
  await new Promise(setImmediate)
  assert.equal(offers[0]?.transfer.view().state.kind, 'running')
  offers[0]?.transfer.become({ kind: 'failed', problem: { code: 'technique-unavailable' } })
  assert.equal(await exit, 2)
  assert.equal(offers[0]?.transfer.cancels, 0)
})

test('--once: refused and withdrawn offers do not count, waiting ones are withdrawn as busy', async () => {
  const { made, offers, decisions, exit } = onceWith([1, 2, 3, 4], 'receive --once', true)
  answerEach(made, /Accept offer 1\?/, 'n\n')
  answerEach(made, /Accept offer 3\?/, 'y\n')
  made.stderr.on('data', (text: string) => {
    if (text.includes('Accept offer 2?')) offers[1]?.withdrawal.abort()
  })
  assert.deepEqual(await decisions, [refused, refused, accepted, busy])
  assert.doesNotMatch(made.written.err, /offer 4\?/)
  offers[2]?.transfer.become({ kind: 'done', report: { ...REPORT, role: 'receiver' } })
  assert.equal(await exit, 0)
})

test('--once: an offer that is withdrawn while it is accepted does not count', async () => {
  const { made, offers, decisions, exit } = onceWith([1], 'receive --once', true)
  made.stderr.on('data', (text: string) => {
    if (!text.includes('Accept offer 1?')) return
    made.stdin.write('y\n')
    offers[0]?.withdrawal.abort()
  })
  assert.deepEqual(await decisions, [refused])
  made.interrupt.request()
  assert.equal(await exit, 130)
})

test('a message is printed with its hidden characters made visible, and is no transfer', async () => {
  const penstock = new FakePenstock()
  const { context, written } = fakeContext(penstock)
  penstock.onReceive = ({ onText }) => {
    onText?.({ alias: 'Phone', host: '192.0.2.9', fingerprint: '', text: 'one\n\u001b[31mtwo\u202e' })
    context.interrupt.request()
  }
  const { args } = parse(['receive'])
  assert.ok(args.command === 'receive')
  assert.equal(await receive(args, context), 130)
  assert.match(written.out, /Message from Phone \(192\.0\.2\.9\):\n {2}one\n {2}␛\[31mtwo‹U\+202E›\n/)
})
