// Invariant: `penstock share` prints every link and how to check it, reports each download, and ends at Ctrl-C or with its time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { share } from '../../main/cli/commands/share.ts'
import { parse } from '../../main/cli/args/parse.ts'
import type { Share, ShareEnd, Shared } from '../../main/core/api.ts'
import { fakeContext, FakePenstock, jsonLines } from './fake.ts'

class FakeShare implements Share {
  readonly links = ['https://192.0.2.1:53319/abcdefghjk/', 'https://[2001:db8::1]:53319/abcdefghjk/']
  readonly port = 53319
  readonly fingerprint: string | null
  readonly totals = { files: 2, directories: 0, symlinks: 0, bytes: 3000 }
  readonly notDelivered = []
  end: (end: ShareEnd) => void = () => undefined
  readonly ended = new Promise<ShareEnd>((resolve) => (this.end = resolve))
  closes = 0
  took: (one: Shared) => void = () => undefined

  constructor(fingerprint: string | null) {
    this.fingerprint = fingerprint
  }

  onShared(listener: (one: Shared) => void): () => void {
    this.took = listener
    return () => undefined
  }

  close(): Promise<void> {
    this.closes += 1
    this.end('stopped')
    return Promise.resolve()
  }
}

async function run(line: string, then: (share: FakeShare, interrupt: () => void) => void, json = false) {
  const penstock = new FakePenstock()
  const made = new FakeShare(line.includes('--clear') ? null : 'ab'.repeat(32))
  const fake = fakeContext(penstock, { json })
  penstock.onShare = () => {
    setImmediate(() => then(made, () => fake.context.interrupt.request()))
    return made
  }
  const { args } = parse(line.split(' '))
  assert.ok(args.command === 'share')
  const exit = await share(args, fake.context)
  return { exit, made, options: penstock.shared[0], text: fake.written.out, penstock }
}

test('all links, the fingerprint, and each download are printed; Ctrl-C ends it', async () => {
  const { exit, made, text, options, penstock } = await run('share a b --exclude *.tmp', (one, interrupt) => {
    one.took({ address: '192.0.2.9', path: 'a/x\u202egnp', bytes: 1000 })
    one.took({ address: '192.0.2.9', path: null, bytes: 3000 })
    interrupt()
  })
  assert.equal(exit, 130)
  for (const link of made.links) assert.ok(text.includes(link))
  assert.match(text, /abab abab/)
  assert.match(text, /2 files/)
  assert.match(text, /192\.0\.2\.9 received a\/x‹U\+202E›gnp/)
  assert.match(text, /all files/)
  assert.doesNotMatch(text, /no longer works/)
  assert.deepEqual([options?.secure, options?.exclude, options?.seconds], [true, ['*.tmp'], null])
  assert.deepEqual([made.closes, penstock.closes], [1, 1])
})

test('its time over, it ends with 0; without encryption it says so', async () => {
  const { exit, text, options } = await run('share a --for 5 --clear', (one) => one.end('expired'))
  assert.equal(exit, 0)
  assert.match(text, /no longer works/)
  assert.match(text, /Not encrypted/)
  assert.deepEqual([options?.secure, options?.seconds], [false, 5])
})

test('with --json each line is an event', async () => {
  const { text } = await run(
    'share a --json',
    (one, interrupt) => {
      one.took({ address: '192.0.2.9', path: 'a', bytes: 1 })
      interrupt()
    },
    true,
  )
  const [sharing, shared, ...more] = jsonLines(text)
  assert.deepEqual([sharing?.['event'], shared?.['event'], more], ['sharing', 'shared', []])
  assert.deepEqual([sharing?.['files'], shared?.['path'], shared?.['bytes']], [2, 'a', 1])
  assert.equal(sharing?.['fingerprint'], 'ab'.repeat(32))
})
