// Invariant: a data port passes on only connections that send 64 bytes with the right prefix in time, sends nothing to any
// other, and keeps its limits for any number of connections; no network can lock out another.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { describe, test } from 'node:test'
import { openLocalPair } from '../../../main/core/transfer/local-pair.ts'
import { addon } from '../../../native/index.ts'
import type { Arrival, DataPort, DataPortOptions } from '../../../native/index.ts'
import { preamble, sleep } from '../harness.ts'

function open(
  options: Partial<DataPortOptions> = {},
  onArrival: (arrival: Arrival) => void = (arrival) => arrival.connection.close(),
): DataPort {
  return addon.openDataPort(
    {
      host: '127.0.0.1',
      port: 0,
      preambleTimeoutMs: 300,
      maxPending: 4,
      maxPendingPerNetwork: 4,
      ...options,
    },
    onArrival,
  )
}

/**
 * Sends the bytes and waits for the other side to close; returns the number of bytes that it answered and the milliseconds
 * until it closed.
 */
function speak(port: number, bytes: Uint8Array): Promise<{ answered: number; ms: number }> {
  return new Promise((resolve) => {
    const start = performance.now()
    let answered = 0
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => (answered += chunk.length))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve({ answered, ms: performance.now() - start }))
  })
}

/** A connection from this address that sends nothing. */
async function silentTo(
  port: number,
  localAddress: string,
): Promise<{ socket: Socket; closed: Promise<void> }> {
  const socket = connect({ host: '127.0.0.1', port, localAddress })
  socket.on('error', () => undefined).resume()
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  return { socket, closed }
}

async function inTurn<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let n = 0; n < count; n += 1) made.push(await make())
  return made
}

describe('data port', () => {
  test('a silent connection and a short one are closed when their time is up, without a byte', async () => {
    const port = open()
    for (const bytes of [Buffer.alloc(0), preamble().subarray(0, 63)]) {
      const { answered, ms } = await speak(port.port, bytes)
      assert.equal(answered, 0)
      assert.ok(ms >= 250 && ms < 2000, `${ms} ms`)
    }
    port.close()
  })

  test('wrong magic and wrong version are closed at once, before 64 bytes have come', async () => {
    const port = open({ preambleTimeoutMs: 5000 })
    for (const bytes of [Buffer.from('GET /'), Buffer.from('PNSTCK\u0001')]) {
      const { answered, ms } = await speak(port.port, bytes)
      assert.equal(answered, 0)
      assert.ok(ms < 1000, `${ms} ms`)
    }
    port.close()
  })

  test('for one connection too many of a network its oldest is closed', async () => {
    const arrivals: Arrival[] = []
    const port = open({ preambleTimeoutMs: 5000, maxPending: 8, maxPendingPerNetwork: 3 }, (arrival) =>
      arrivals.push(arrival),
    )
    const silent = await inTurn(5, () => silentTo(port.port, '127.0.0.2'))
    await Promise.all(silent.slice(0, 2).map(({ closed }) => closed))
    assert.deepEqual(
      silent.map(({ socket }) => socket.closed),
      [true, true, false, false, false],
    )
    const served = speak(port.port, preamble())
    while (arrivals.length === 0) await sleep(5)
    arrivals[0]?.connection.close()
    await served
    assert.equal(silent.filter(({ socket }) => socket.closed).length, 2)
    for (const { socket } of silent) socket.destroy()
    port.close()
  })

  test('where all places are taken, the network that has the most gives one up', async () => {
    const arrivals: Arrival[] = []
    const port = open({ preambleTimeoutMs: 5000 }, (arrival) => arrivals.push(arrival))
    const many = await inTurn(3, () => silentTo(port.port, '127.0.0.2'))
    const few = await silentTo(port.port, '127.0.0.3')
    for (let round = 0; round < 20; round += 1) {
      const served = speak(port.port, preamble())
      while (arrivals.length <= round) await sleep(1)
      arrivals[round]?.connection.close()
      await served
    }
    await many[0]?.closed
    assert.equal(few.socket.closed, false)
    for (const { socket } of [...many, few]) socket.destroy()
    port.close()
  })

  test('connections that wait for their verdict count against the cap', async () => {
    const arrivals: Arrival[] = []
    const port = open({ maxPending: 2 }, (arrival) => arrivals.push(arrival))
    const waiting = [speak(port.port, preamble()), speak(port.port, preamble())]
    while (arrivals.length < 2) await sleep(5)
    await speak(port.port, preamble())
    assert.equal(arrivals.length, 2)
    for (const arrival of arrivals) arrival.connection.close()
    await Promise.all(waiting)
    port.close()
  })

  test('an arrival has its preamble and addresses; the preamble may come in pieces', async () => {
    const bytes = preamble()
    await new Promise<void>((resolve) => {
      const port = open({ host: '::', preambleTimeoutMs: 2000 }, (arrival) => {
        assert.deepEqual(arrival.preamble, bytes)
        assert.equal(arrival.remoteAddress, '127.0.0.1')
        assert.equal(arrival.connection.localAddress, '127.0.0.1')
        arrival.connection.close()
        port.close()
        resolve()
      })
      const socket = connect(port.port, '127.0.0.1', () => {
        for (let at = 0; at < 64; at += 7) setTimeout(() => socket.write(bytes.subarray(at, at + 7)), at * 2)
      })
      socket.on('error', () => socket.destroy())
    })
  })

  test('connect: refused, and nobody answers in time', async () => {
    const held: Arrival[] = []
    const port = open({ preambleTimeoutMs: 3000 }, (arrival) => held.push(arrival))
    await assert.rejects(
      addon.connect({ host: '127.0.0.1', port: port.port, preamble: preamble(), timeoutMs: 200 }),
      (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ETIMEDOUT',
    )
    const number = port.port
    port.close()
    for (const arrival of held) arrival.connection.close()
    await assert.rejects(
      addon.connect({ host: '127.0.0.1', port: number, preamble: preamble(), timeoutMs: 200 }),
      (error: unknown) =>
        error instanceof Error &&
        'code' in error &&
        error.code === 'ECONNREFUSED' &&
        /data-port/u.test(error.stack ?? ''),
    )
  })

  test('a port that is taken', () => {
    const port = open()
    assert.throws(
      () =>
        addon.openDataPort(
          {
            host: '127.0.0.1',
            port: port.port,
            preambleTimeoutMs: 1,
            maxPending: 1,
            maxPendingPerNetwork: 1,
          },
          () => undefined,
        ),
      (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE',
    )
    port.close()
  })

  test('a connection is taken once', async () => {
    const { connection, socket } = await openLocalPair()
    const sender = addon.createSender({
      technique: 'readwrite',
      fallback: [],
      bufferBytes: 4096,
      check: true,
    })
    sender.addBody(connection)
    assert.throws(() => sender.addStream(connection, 1), /Expected a Connection that is open/)
    sender.cancel('cancelled')
    assert.equal((await sender.ended).kind, 'cancelled')
    socket.destroy()
  })
})
