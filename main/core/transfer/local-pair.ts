import { randomBytes, timingSafeEqual } from 'node:crypto'
import { connect, Socket } from 'node:net'
import { addon, type Connection } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'

const MAGIC = Buffer.from('PNSTCK\u0002', 'latin1')
const PREAMBLE_BYTES = 64
const LIMIT_MS = 5000

/** Two ends of one connection inside this process: one for the engine, one for Node. */
export interface LocalPair {
  readonly connection: Connection
  readonly socket: Socket
}

/** Opens a local pair. Throws `internal` if it cannot be opened. */
export async function openLocalPair(): Promise<LocalPair> {
  if (process.platform === 'win32') return overLoopback()
  const { connection, fd } = addon.localPair()
  return { connection, socket: new Socket({ fd, readable: true, writable: true, allowHalfOpen: true }) }
}

/**
 * Windows has no socket pair that Node can adopt. This opens a loopback port for one connection, which is identified by a
 * secret preamble.
 */
async function overLoopback(): Promise<LocalPair> {
  const preamble = Buffer.concat([MAGIC, randomBytes(PREAMBLE_BYTES - MAGIC.length)])
  const options = {
    host: '127.0.0.1',
    port: 0,
    preambleTimeoutMs: LIMIT_MS,
    maxPending: 16,
    maxPendingPerNetwork: 16,
  }
  let take: (connection: Connection) => void = () => undefined
  const port = addon.openDataPort(options, ({ preamble: received, connection }) => {
    if (timingSafeEqual(received, preamble)) take(connection)
    else connection.close()
  })
  const socket = connect({ host: options.host, port: port.port, allowHalfOpen: true })
  try {
    const connection = await new Promise<Connection>((resolve, reject) => {
      take = resolve
      socket.once('error', reject)
      socket.setTimeout(LIMIT_MS, () => reject(new Error('no connection over loopback')))
      socket.write(preamble)
    })
    socket.setTimeout(0).removeAllListeners('error')
    return { connection, socket }
  } catch (cause) {
    socket.destroy()
    throw new PenstockError('internal', { message: 'loopback' }, { cause })
  } finally {
    port.close()
  }
}
