/** Begins a transfer that cannot end by itself and exits in the middle of it; teardown.test.ts runs it. */
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { addon, type Arrival, type Receiver, type Sender, type StreamKeys } from '../../../native/index.ts'
import { makeReceiver, makeSender, preamble, randomKeys, reversed, sendFiles, source } from '../harness.ts'
import { HELLO } from '../peer.ts'

const mode = isMainThread ? process.argv[2] : 'in-worker'
const given: unknown = isMainThread ? process.argv.slice(3) : workerData
const [path = '', staging = ''] = Array.isArray(given) ? given.map(String) : []

/** Passes the control stream and a content stream to a receiver. */
function arrive(receiver: Receiver, keys: StreamKeys): (arrival: Arrival) => void {
  return ({ connection, preamble: bytes }) => {
    if (bytes[7] === 0) receiver.addControl(connection, HELLO, reversed(keys))
    else receiver.addStream(connection, 1, HELLO)
  }
}

/** Connects both, and passes them to a sender. */
async function addStreams(sender: Sender, port: number, keys: StreamKeys): Promise<void> {
  const to = { host: '127.0.0.1', port, timeoutMs: 1000 }
  const control = await addon.connect({ ...to, preamble: preamble(0) })
  const content = await addon.connect({ ...to, preamble: preamble(1) })
  sender.addControl(control, keys)
  sender.addStream(content, 1)
}

async function begin(): Promise<void> {
  const file = source(path)
  const receiver = makeReceiver(staging)
  receiver.addFiles([file])
  receiver.endOfFiles()
  const keys = randomKeys()
  const port = addon.openDataPort(
    { host: '127.0.0.1', port: 0, preambleTimeoutMs: 1000, maxPending: 4, maxPendingPerNetwork: 4 },
    arrive(receiver, keys),
  )
  const sender = makeSender()
  // No endOfFiles: both sides wait once the file has arrived.
  sendFiles(sender, [file])
  await addStreams(sender, port.port, keys)
  // One that is still connecting, and a pair whose other end is never read.
  void addon
    .connect({ host: '127.0.0.1', port: port.port, preamble: preamble(), timeoutMs: 60_000 })
    .catch(() => undefined)
  const pair = addon.localPair()
  const stuck = makeSender()
  sendFiles(stuck, [file])
  stuck.addStream(pair.connection, 1)
  await cancelInCommit()
}

/** A sender that has cancelled and waits for a commit that does not end. */
async function cancelInCommit(): Promise<void> {
  const sender = makeSender()
  sender.endOfFiles()
  const receiver = makeReceiver(staging)
  receiver.endOfFiles()
  const keys = randomKeys()
  const port = addon.openDataPort(
    { host: '127.0.0.1', port: 0, preambleTimeoutMs: 1000, maxPending: 4, maxPendingPerNetwork: 4 },
    arrive(receiver, keys),
  )
  await addStreams(sender, port.port, keys)
  await receiver.received
  if (!receiver.committing()) throw new Error('Expected a session that has not ended')
  sender.cancel('cancelled')
}

if (mode === 'in-worker') {
  await begin()
  parentPort?.postMessage('begun')
} else if (mode === 'exit') {
  await begin()
  setTimeout(() => process.exit(0), 15)
} else if (mode === 'throw') {
  await begin()
  setTimeout(() => {
    throw new Error('on purpose')
  }, 5)
} else {
  // Workers that are terminated while their transfers run, several times in one process.
  for (let round = 0; round < 3; round += 1) {
    // A worker does not inherit tsx: it must register it.
    const boot = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(import.meta.url)}) })`
    const worker = new Worker(boot, { eval: true, execArgv: [], workerData: [path, staging] })
    await new Promise((resolve) => worker.once('message', resolve))
    await worker.terminate()
  }
  process.stdout.write('workers over\n')
}
