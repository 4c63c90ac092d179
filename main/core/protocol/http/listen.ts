import { createServer, type AddressInfo, type Server } from 'node:net'
import { PenstockError } from '../../../contract/errors.ts'
import { errnoOf } from '../../errors/errno.ts'
import { DEFAULT_PORT } from '../localsend/messages.ts'

/** The addresses on which a receiver listens: all of this machine, or loopback only. */
export type ListenHost = 'any' | 'loopback'

/** A listening server. */
export interface Listening {
  readonly port: number
  /** Stops accepting connections on addresses other than the server's own. */
  close(): void
}

/** Errors of a machine without addresses of this family. */
const NO_SUCH_FAMILY = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'])

/**
 * Makes a server listen over IPv4 and IPv6, as far as this machine supports them. `default` is 53317, or any free port if
 * that is taken; 0 is any free port. Throws `port-in-use`, `no-permission`, `io`.
 */
export async function listenOn(
  server: Server,
  host: ListenHost,
  port: number | 'default',
): Promise<Listening> {
  const wanted = port === 'default' ? DEFAULT_PORT : port
  const onAll = host === 'loopback' ? listenOnLoopback : listenAnywhere
  try {
    return await onAll(server, wanted)
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'EADDRINUSE') {
      if (port === 'default') return onAll(server, 0)
      throw new PenstockError('port-in-use', { port: wanted }, { cause: error })
    }
    if (code === 'EACCES' || code === 'EPERM')
      throw new PenstockError('no-permission', { syscall: 'listen' }, { cause: error })
    throw new PenstockError('io', { syscall: 'listen', errno: code }, { cause: error })
  }
}

async function listenAnywhere(server: Server, port: number): Promise<Listening> {
  // The IPv6 address serves both families.
  const bound = await listenOnFirst(server, ['::', '0.0.0.0'], port)
  return { port: bound.port, close: () => undefined }
}

async function listenOnLoopback(server: Server, port: number): Promise<Listening> {
  const bound = await listenOnFirst(server, ['127.0.0.1', '::1'], port)
  if (bound.host === '::1') return { port: bound.port, close: () => undefined }
  const second = createServer((socket) => {
    server.emit('connection', socket)
  })
  try {
    await listen(second, '::1', bound.port)
  } catch {
    // There is no IPv6, or its port is taken: use IPv4 alone.
    return { port: bound.port, close: () => undefined }
  }
  return { port: bound.port, close: () => second.close() }
}

async function listenOnFirst(
  server: Server,
  [first, second]: readonly [string, string],
  port: number,
): Promise<{ readonly host: string; readonly port: number }> {
  try {
    return { host: first, port: await listen(server, first, port) }
  } catch (error) {
    if (!NO_SUCH_FAMILY.has(errnoOf(error))) throw error
    return { host: second, port: await listen(server, second, port) }
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject)
      const address: AddressInfo | string | null = server.address()
      if (address === null || typeof address === 'string') reject(new Error('Expected a TCP address'))
      else resolve(address.port)
    })
  })
}
