import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BUFFER_BYTES } from '../../contract/technique.ts'
import { PenstockError } from '../../contract/errors.ts'
import { reportSchema } from '../../contract/report.ts'
import { openPenstock, startReceiver, type ChildReceiver, type Penstock } from '../../core/index.ts'
import { temporaryFolder, type Context } from '../context.ts'
import { compareTrees, DEMO_TREE, makeTree } from '../demo/tree.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { atMost } from '../interrupt.ts'
import { Progress } from '../output/progress.ts'
import { CANCEL_LIMIT_MS, followToEnd, reportLines } from './transfers.ts'

/** The folder, its copy, and a margin. */
const ROOM_BYTES = 2.2 * DEMO_TREE.bigBytes

async function checkRoom(folder: string): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(folder)
  // Some FUSE servers do not report it.
  if (blocks === 0) return
  const free = bavail * bsize
  if (free < ROOM_BYTES) throw new PenstockError('folder-full', { needed: ROOM_BYTES, free, path: folder })
}

/**
 * `penstock demo`: sends a real folder from this process to a receiver in a child process over real sockets, unencrypted,
 * and compares both trees. It uses a separate state folder, so the user's identity and history do not change.
 */
export async function demo(context: Context): Promise<ExitCode> {
  const place = await mkdtemp(join(temporaryFolder(), 'penstock-demo-'))
  try {
    await checkRoom(place)
    return await demoIn(place, context)
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

async function demoIn(place: string, context: Context): Promise<ExitCode> {
  const { output, interrupt, self } = context
  const words = output.words.demo
  const source = join(place, 'Penstock demo')
  const target = join(place, 'received')
  output.print(output.text(words.making, { files: DEMO_TREE.smallFiles + 6, bytes: DEMO_TREE.bigBytes }))
  try {
    await makeTree(source, DEMO_TREE, interrupt.signal)
  } catch (error) {
    if (interrupt.signal.aborted) return EXIT.interrupted
    throw error
  }
  const penstock = await openPenstock({
    stateDir: join(place, 'sender-state'),
    alias: 'Demo sender',
    onProgrammingError: context.onProgrammingError,
  })
  try {
    const receiver = await startReceiver(self, penstock.fingerprint, [
      ...['--once', '--alias', 'Demo receiver'],
      ...['--dir', target, '--state', join(place, 'receiver-state')],
    ])
    try {
      return await sendTo(penstock, receiver, { source, target }, context)
    } finally {
      await receiver.stop(CANCEL_LIMIT_MS)
    }
  } finally {
    await penstock.close()
  }
}

interface Folders {
  readonly source: string
  readonly target: string
}

/** Sends the folder to the receiver, compares, and prints the outcome. */
async function sendTo(
  penstock: Pick<Penstock, 'peers' | 'send'>,
  receiver: ChildReceiver,
  { source, target }: Folders,
  context: Context,
): Promise<ExitCode> {
  const { output } = context
  const words = output.words.demo
  const transfer = penstock.send({
    paths: [source],
    to: await penstock.peers.probe('127.0.0.1', receiver.port),
    security: 'encrypted',
    technique: 'auto',
    streams: 'auto',
    bufferBytes: BUFFER_BYTES.default,
    check: true,
    pin: null,
  })
  const progress = new Progress(output, context.terminal)
  const { end, exit } = await followToEnd(transfer, context, progress)
  if (end?.kind !== 'done') return exit
  await atMost(CANCEL_LIMIT_MS, receiver.ended)
  await receiver.stop(CANCEL_LIMIT_MS)
  const { lines } = await receiver.ended
  const closing = reportSchema.safeParse(lines.findLast((line) => line.event === 'report'))
  const arrived = join(target, basename(source))
  if (closing.success) {
    const report = closing.data
    output.event({ event: 'report', ...report })
    output.print(`\n${words.receiverTitle}`)
    const view = { title: basename(source), folder: target, savedAs: [arrived] }
    for (const line of reportLines(report, view, output)) output.print(line)
  }
  const differences = await compareTrees(source, arrived)
  if (!closing.success) differences.push('receiver: no report')
  const equal = differences.length === 0
  output.event({ event: 'demo', equal, ...(equal ? {} : { differences: differences.slice(0, 100) }) })
  output.print(
    equal ? words.equal : output.text(words.unequal, { list: differences.slice(0, 10).join('; ') }),
  )
  return equal ? exit : EXIT.failed
}
