/**
 * Instructions per GiB, kernel included, of kernel TLS (`ktls`) and of records that the engine makes (`seal`, `unseal`):
 * `node build/guest/guest.mjs -- node --import tsx test/guest/instructions.ts`. It takes some minutes.
 */
import { z } from 'zod'
import { scratch } from '../witness/transfer.ts'
import { bundle, COUNTING, ENVIRONMENT, runInGuest } from './guest.ts'

const GIB = 1024 ** 3
const LIFE_MS = 1_200_000

const lineSchema = z.object({
  send: z.string(),
  receive: z.string(),
  bytes: z.number(),
  sender: z.number(),
  receiver: z.number(),
})
type Line = z.infer<typeof lineSchema>

/** Billions of instructions per GiB: the median, with the least and the most. */
function perGiB(lines: readonly Line[], end: 'sender' | 'receiver'): string {
  const sorted = lines.map((line) => (line[end] / line.bytes) * (GIB / 1e9)).sort((a, b) => a - b)
  const text = (at: number): string => (sorted[at] ?? Number.NaN).toFixed(2)
  return `${text(Math.floor(sorted.length / 2))} (${text(0)}–${text(sorted.length - 1)})`
}

const { path, remove } = await scratch()
try {
  const command = `"${process.execPath}" "${bundle('instructions')}" >/dev/ttyS1 2>&1`
  const answer = await runInGuest(path, [...ENVIRONMENT, command], { processor: COUNTING, lifeMs: LIFE_MS })
  const texts = answer.split(/\r?\n/u).filter((text) => text !== '')
  const lines = texts.map((text) => lineSchema.parse(JSON.parse(text)))
  console.log('| | 10⁹ instructions per GiB (least–most) |\n| --- | ---: |')
  for (const send of ['ktls', 'seal']) {
    const of = lines.filter((line) => line.send === send)
    console.log(`| sender, ${send} | ${perGiB(of, 'sender')} |`)
  }
  for (const receive of ['ktls', 'unseal']) {
    const of = lines.filter((line) => line.receive === receive)
    console.log(`| receiver, ${receive} | ${perGiB(of, 'receiver')} |`)
  }
} finally {
  await remove()
}
