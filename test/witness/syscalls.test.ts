// Invariant: for every technique, sending and receiving, the report counts the system calls that strace counts. On sealed streams
// each byte of a file is read once and written once, and the report counts these.
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isSealing } from '../../main/contract/technique.ts'
import { addon } from '../../native/index.ts'
import { makeTree } from '../support/files/tree.ts'
import { bytesOfCalls, callsOfThreads } from './trace.ts'
import { missing, type Report, scratch, transferBetween } from './transfer.ts'

const without = missing('strace')
const { path: root, remove } = await scratch()
const source = join(root, 'tree')

before(async () => {
  await mkdir(source)
  await makeTree(source)
})

after(remove)

/** Calls for the end of a connection may come after the report was made: at most this many. */
const AFTER_THE_REPORT: Readonly<Record<string, number>> = {
  close: 2,
  shutdown: 1,
  recvfrom: 1,
  ppoll: 1,
  sendto: 1,
}

function assertEqual(report: Report, seen: Record<string, number>): void {
  const { syscalls } = report
  for (const name of new Set([...Object.keys(syscalls), ...Object.keys(seen)])) {
    const counted = syscalls[name] ?? 0
    const late = (seen[name] ?? 0) - counted
    const words = `${name}: ${counted} reported, ${seen[name] ?? 0} seen`
    assert.ok(late >= 0 && late <= (AFTER_THE_REPORT[name] ?? 0), words)
  }
}

/** Nothing reads the bytes in user space. */
function assertUntouched({ syscalls, userCopyBytes }: Report): void {
  assert.equal(syscalls['pread64'] ?? 0, 0)
  assert.equal(userCopyBytes, 0)
}

interface Traced {
  readonly sending: string
  readonly receiving: string
  readonly check: string
  readonly encrypted?: boolean
  readonly dontcache?: boolean
}

/** A transfer under strace on both sides, of which both reports count what strace has counted. */
async function traced({ sending, receiving, check, encrypted = false, dontcache = false }: Traced) {
  const path = (side: string): string => join(root, `trace-${side}-${sending}-${check}`)
  const option = dontcache ? ['--dontcache'] : []
  const strace = (side: string): string[] => ['strace', '-f', '-o', path(side)]
  const { sent, received } = await transferBetween({
    root,
    source,
    encrypted,
    send: ['--technique', sending, '--check', check, ...option],
    receive: ['--technique', receiving, ...option],
    aroundSender: strace('s'),
    aroundReceiver: strace('r'),
  })
  const traces = { sender: await readFile(path('s'), 'utf8'), receiver: await readFile(path('r'), 'utf8') }
  assertEqual(sent, callsOfThreads(traces.sender, 'ps-send-'))
  assertEqual(received, callsOfThreads(traces.receiver, 'ps-recv-'))
  assert.ok(Object.values(sent.syscalls).reduce((sum, one) => sum + one, 0) > 10)
  return { sent, received, traces }
}

const supported = addon.supportedTechniques()
const send = supported.send.filter((one) => !isSealing(one))
const receive = supported.receive.filter((one) => !isSealing(one))
const pairs = Array.from({ length: Math.max(send.length, receive.length) }, (_, at) => ({
  sending: send[at % send.length] ?? 'readwrite',
  receiving: receive[at % receive.length] ?? 'readwrite',
}))

for (const { sending, receiving } of pairs) {
  for (const check of ['on', 'off']) {
    test(`${sending} to ${receiving}, check ${check}`, { skip: without, timeout: 120_000 }, async () => {
      const { sent } = await traced({ sending, receiving, check })
      if (sending !== 'sendfile') return
      if (check === 'off') assertUntouched(sent)
      // What the check reads passes through user space, and is a copy of each byte.
      else assert.ok((sent.userCopyBytes ?? 0) > 0 && (sent.copies?.check ?? 0) > 0)
    })
  }
}

test('readwrite with dontcache', { skip: without, timeout: 120_000 }, async () => {
  const how = { sending: 'readwrite', receiving: 'readwrite', check: 'off', dontcache: true }
  const { sent, received, traces } = await traced(how)
  const skipped = addon.skipsCache(root) ? sent.bytes : 0
  assert.equal(bytesOfCalls(traces.sender, 'ps-send-', 'preadv2'), skipped)
  assert.equal(bytesOfCalls(traces.receiver, 'ps-recv-', 'pwritev2'), skipped)
  for (const { dontcache } of [sent, received])
    assert.deepEqual(dontcache, { bytes: skipped, of: sent.bytes })
})

test('seal to unseal', { skip: without, timeout: 120_000 }, async () => {
  const ends = await traced({ sending: 'seal', receiving: 'unseal', check: 'off', encrypted: true })
  const { sent, received, traces } = ends
  for (const { transport, fellBackFrom } of [sent, received])
    assert.deepEqual({ transport, fellBackFrom }, { transport: 'sealed', fellBackFrom: [] })
  assert.equal(bytesOfCalls(traces.sender, 'ps-send-', 'pread64'), sent.bytes)
  assert.equal(bytesOfCalls(traces.receiver, 'ps-recv-', 'pwrite64'), sent.bytes)
  assert.deepEqual([sent.userCopyBytes, received.userCopyBytes], [sent.bytes, sent.bytes])
})
