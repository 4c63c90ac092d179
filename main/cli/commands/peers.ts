import type { Device } from '../../contract/device.ts'
import { withPenstock, type Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { pause } from '../interrupt.ts'
import { table, type Output } from '../output/output.ts'

/** Devices as lines of a table, optionally numbered for a choice. Empty without devices. */
export function deviceTable(devices: readonly Device[], output: Output, numbered: boolean): string[] {
  if (devices.length === 0) return []
  const { headers, kinds, foundBy } = output.words
  const rows = devices.map((device, index) => [
    ...(numbered ? [String(index + 1)] : []),
    device.alias,
    kinds[device.kind],
    device.host.includes(':') ? `[${device.host}]:${device.port}` : `${device.host}:${device.port}`,
    // Enough to distinguish devices; --json has the full fingerprint.
    device.fingerprint.slice(0, 16) || '–',
    device.foundBy.map((way) => foundBy[way]).join(', '),
    trustOf(device, output),
  ])
  const { number, alias, kind, address, fingerprint, trust } = headers
  return table(
    [...(numbered ? [number] : []), alias, kind, address, fingerprint, headers.foundBy, trust],
    rows,
  )
}

function trustOf({ trusted, namesake, recent }: Device, output: Output): string {
  const words = output.words.devices.trust
  if (namesake !== null) return output.text(words.changed, { name: namesake })
  return trusted ? words.trusted : recent ? words.recent : words.none
}

/** Most milliseconds that a first scan may add to the search. */
const SEARCH_MS = 15_000

/** `penstock peers`: lists nearby devices. */
export async function peers(args: { readonly seconds: number }, context: Context): Promise<ExitCode> {
  const { output, interrupt } = context
  return withPenstock(context, async (penstock) => {
    await penstock.peers.start()
    let interrupted = await pause(args.seconds * 1000, interrupt.signal)
    if (!interrupted && penstock.peers.list().length === 0) {
      // Where multicast is filtered, only the scan finds a device.
      const over = new AbortController()
      void penstock.peers.searched().then(() => over.abort())
      await pause(SEARCH_MS, AbortSignal.any([over.signal, interrupt.signal]))
      interrupted = interrupt.signal.aborted
    }
    const { twin } = penstock.peers
    const devices = penstock.peers.list()
    await penstock.peers.stop()
    for (const device of devices) output.event({ event: 'peer', ...device })
    for (const line of deviceTable(devices, output, false)) output.print(line)
    if (devices.length === 0) output.print(output.words.peers.empty)
    if (twin !== null) output.note(output.text(output.words.peers.twin, { host: twin }))
    return interrupted ? EXIT.interrupted : EXIT.done
  })
}
