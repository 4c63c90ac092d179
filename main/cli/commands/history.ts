import { formatBytes, formatDuration } from '../../messages/index.ts'
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
        : `${states[entry.outcome]}: ${output.explain(entry.problem, entry.role)}`,
    ])
    const { at, role, title, peer, size, took, outcome } = headers
    for (const line of table([at, role, title, peer, size, took, outcome], rows)) output.print(line)
    return EXIT.done
  })
}
