/** Prints what kernel TLS and own records cost the threads of both ends, a line of JSON a round. ../instructions.ts runs it. */
import type { EngineSample } from '../../../native/index.ts'
import { scratch, transfer, writeFiles } from '../../native/harness.ts'
import { optionsOf, PAIRS, type Pair } from './pairs.ts'

const BYTES = 64 * 1024 * 1024
/** The first of them touches fresh memory, and is dropped. */
const ROUNDS = 4

/** On a processor that counts, a nanosecond is an instruction. */
function instructions({ cpuSeconds }: EngineSample): number {
  return Math.round((cpuSeconds.user + cpuSeconds.system) * 1e9)
}

const { path, dispose } = scratch()
const files = writeFiles(path, [BYTES])

async function measure(pair: Pair): Promise<object> {
  const staging = scratch()
  const { sender, sent, taken } = await transfer(files, staging.path, optionsOf(pair))
  staging.dispose()
  if (sender.kind !== 'done') throw new Error(`the transfer ended as ${sender.kind}`)
  return { ...pair, bytes: BYTES, sender: instructions(sent), receiver: instructions(taken) }
}

for (let round = 0; round < ROUNDS; round += 1) {
  for (const pair of PAIRS) {
    const line = await measure(pair)
    if (round > 0) console.log(JSON.stringify(line))
  }
}
dispose()
