// Sends, receives and copies one folder, and prints how each ended, as JSON.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TerminalState } from '../../main/contract/transfer.ts'
import { LocalCopy } from '../../main/core/copy/local-copy.ts'
import { StagingArea } from '../../main/core/target/staging-area.ts'
import { ProgrammingErrors } from '../../main/core/transfer/programming-errors.ts'
import { describeTree } from '../support/files/tree.ts'
import { openPair } from '../support/penstock/pair.ts'

const [source = ''] = process.argv.slice(2)
const root = await mkdtemp(join(tmpdir(), 'penstock-refused-'))
const ends: unknown[] = []

async function add(name: string, dir: string, end: TerminalState): Promise<void> {
  const report = end.kind === 'done' ? end.report : null
  ends.push({
    name,
    end: report === null ? end : 'done',
    notDelivered: report?.notDelivered ?? [],
    technique: report?.technique ?? null,
    tree: await describeTree(join(dir, 'tree')).catch(String),
  })
}

const pair = await openPair()
const WAYS = [
  { send: 'sendfile', receive: 'splice', check: true },
  { send: 'splice', receive: 'mmap', check: false },
] as const
for (const { send, receive, check } of WAYS) {
  const dir = await mkdtemp(join(root, 'received-'))
  const options = { send: { technique: send, check }, receive: { technique: receive } }
  const { sender, receiver } = await pair.deliver([source], dir, options)
  await add(`${send}, sender`, dir, sender)
  await add(`${receive}, receiver`, dir, receiver)
}
await pair.close()
const dir = await mkdtemp(join(root, 'copied-'))
const copying = { technique: 'auto', durability: 'commit', onConflict: 'keep-both' } as const
const errors = new ProgrammingErrors((error) => process.stderr.write(String(error)))
const copy = new LocalCopy({ paths: [source], dir, ...copying }, new StagingArea(Buffer.alloc(32, 7)), errors)
copy.start()
await add('copy', dir, await copy.ended)
process.stdout.write(JSON.stringify(ends))
await rm(root, { recursive: true, force: true })
