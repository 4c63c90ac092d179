import type { HistoryEntry } from '../../contract/history.ts'
import { isDeclined } from '../../contract/transfer.ts'
import { type Catalogue, formatBytes, formatDuration } from '../../messages/index.ts'
import { withPenstock, type Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { table } from '../output/output.ts'

/** A time (ISO 8601) in this machine's time zone, to the minute. */
function localMinute(at: string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** `penstock history`: the latest transfers, newest first. */
export async function history(args: { readonly limit: number }, context: Context): Promise<ExitCode> {
  const { output } = context
  return withPenstock(context, async (penstock) => {
    const entries = await penstock.history(args.limit)
    for (const entry of entries) output.event({ event: 'history', ...entry })
    if (output.json) return EXIT.done
    if (entries.length === 0) {
      output.print(output.words.history.empty)
      return EXIT.done
    }
    const { headers, roles, states } = output.words
    const rows = entries.map((entry) => [
      localMinute(entry.at),
      roles[entry.role],
      entry.title,
      entry.peer.alias,
      formatBytes(entry.bytes),
      formatDuration(entry.seconds, output.language),
      entry.problem === null
        ? states[entry.outcome]
        : `${stateOf(entry, output.words)}: ${output.explain(entry.problem, { ...entry, carrier: carrierOf(entry) })}`,
    ])
    const { at, role, title, peer, size, took, outcome } = headers
    for (const line of table([at, role, title, peer, size, took, outcome], rows)) output.print(line)
    return EXIT.done
  })
}

/** Only a copy on this machine has a sender that knows the folder. */
function carrierOf({ role, folder }: HistoryEntry): 'local' | null {
  return role === 'sender' && folder !== null ? 'local' : null
}

/** A transfer that the receiver had no time or no permission for was not declined. */
function stateOf({ role, outcome, problem }: HistoryEntry, { states, notSent }: Catalogue): string {
  const isRejected = role === 'sender' && outcome === 'refused' && problem !== null && !isDeclined(problem)
  return isRejected ? notSent : states[outcome]
}
