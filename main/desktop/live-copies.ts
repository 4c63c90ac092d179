import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { CopyCount } from '../contract/report.ts'
import type { TransferView } from '../contract/transfer.ts'
import { countCopies, type RouteOfBytes } from '../core/report/copies.ts'
import { routeOf } from '../core/transfer/route.ts'

/** The address of this machine that packets to a host leave from; null where there is no way. Sends nothing. */
function localAddressTo(host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    socket.once('error', () => {
      socket.close()
      resolve(null)
    })
    socket.connect(9, host, () => {
      const { address } = socket.address()
      socket.close()
      resolve(address)
    })
  })
}

/** Facts of the interface to a host, as the report will have them; null where they cannot be had. */
export async function routeTo(host: string): Promise<RouteOfBytes | null> {
  const address = await localAddressTo(host.split('%')[0] ?? host)
  return address === null ? null : routeOf(address, host)
}

/** Copies per byte of a transfer as it stands, by the rules of the closing report. */
export function copiesOf(view: TransferView, route: RouteOfBytes | null): CopyCount | null {
  if (view.state.kind === 'done') return view.state.report.copies
  if (view.choice === null || route === null) return null
  return countCopies(view.role, view.choice.technique, view.security, route)
}
