import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { addon } from '../../../native/index.ts'
import { listenLocally } from './tcp.ts'

/** One connection that a relay took in the place of a data port. */
export interface Link {
  /** Counts the connections, from 0. */
  readonly index: number
  /** To the sender. */
  readonly near: Socket
  /** Connects to the receiver's data port. */
  dial(): Socket
}

/** The front of a receiver's data port. */
export interface Front {
  readonly port: number
  /** Connections so far; null if they cannot be counted. */
  connections(): number | null
  /** The port that is behind it from now on. */
  behind(port: number): void
}

/** A relay that treats each connection as a test requests. Ends with the test. */
export async function relay(t: TestContext, handle: (link: Link) => void): Promise<Front> {
  const sockets = new Set<Socket>()
  let count = 0
  let upstream = 0
  const watch = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const dial = (): Socket => watch(connect({ host: '127.0.0.1', port: upstream, allowHalfOpen: true }))
    handle({ index: count++, near: watch(socket), dial })
  })
  const port = await listenLocally(server)
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port, connections: () => count, behind: (port) => (upstream = port) }
}

/** A port that nothing listens on any more: a connection is refused. */
export async function closedPort(): Promise<Front> {
  const server = createServer()
  const port = await listenLocally(server)
  server.close()
  await once(server, 'close')
  return { port, connections: () => null, behind: () => undefined }
}

const ACCEPTS_NOTHING = `
  const { parentPort } = require('node:worker_threads')
  const server = require('node:net').createServer()
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`

/** A port whose queue of connections is full and never read, so that the system drops what comes. Ends with the test. */
export async function blackhole(t: TestContext): Promise<Front> {
  const worker = new Worker(ACCEPTS_NOTHING, { eval: true })
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
  const fillers: Socket[] = []
  t.after(async () => {
    for (const socket of fillers) socket.destroy()
    await worker.terminate()
  })
  // Linux keeps one more than the backlog; what other systems keep is accepted there, and never answered.
  for (let kept = 0; kept < 2; kept++) {
    const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined)
    fillers.push(socket)
    await once(socket, 'connect')
  }
  return { port, connections: () => null, behind: () => undefined }
}

/**
 * Until the end of the test, a data port opened within the returned function is announced by the port of its front: by
 * 127.0.0.1 it is reached through that alone.
 */
export function fronts(t: TestContext): <T>(front: Front, body: () => Promise<T>) => Promise<T> {
  const current = new AsyncLocalStorage<Front>()
  const open = addon.openDataPort
  t.mock.method(addon, 'openDataPort', (...args: Parameters<typeof open>) => {
    const opened = open(...args)
    const front = current.getStore()
    if (!front || args[0].host !== '127.0.0.1') return opened
    front.behind(opened.port)
    return { port: front.port, close: () => opened.close() }
  })
  return (front, body) => current.run(front, body)
}
