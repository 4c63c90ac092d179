import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { ReceiveOptions, Receiving, Transfer } from '../../../main/core/api.ts'
import type { StreamLimits } from '../../../main/core/transfer/limits.ts'
import { withResolvers } from '../../../main/core/transfer/lifecycle.ts'
import type { ControlClient } from '../../../main/core/protocol/http/client.ts'
import { addon } from '../../../native/index.ts'
import { clientOf, newIdentity } from '../penstock/control.ts'
import { crc32c, encodeFrame } from './frames.ts'
import { listening } from './receiving.ts'
import { fileEntry } from './manifest.ts'
import { openStream, openStreams, type ScriptedStream, sendOffer } from './sender.ts'

const CONTENT = Buffer.from('8 bytes.')
const MTIME_NS = fileEntry(0, 8).mtimeNs
/** Two files, so that the transfer is not complete with the first. */
const ENTRIES = [fileEntry(0, CONTENT.length), fileEntry(1, CONTENT.length)]

/** One of the files, whole. In a body there is no CHECK: TLS checks. */
export function fileFrames(file: number, check: boolean): Buffer {
  const rangeLength = CONTENT.length
  return Buffer.concat([
    encodeFrame({ name: 'DATA', file, offset: 0, content: CONTENT }),
    ...(check ? [encodeFrame({ name: 'CHECK', file, offset: 0, rangeLength, crc: crc32c(CONTENT) })] : []),
    encodeFrame({ name: 'FILE_END', file, size: CONTENT.length, mtimeNs: MTIME_NS }),
  ])
}

/** A transfer of the two files that was accepted. */
export interface Begun {
  readonly transferId: string
  readonly transfer: Transfer
  readonly sessionId: string
  /** The control stream and a content stream. */
  streams(): Promise<ScriptedStream>
  /** One connection; with another secret than the session's if one is given. */
  stream(index: number, secret?: Buffer): Promise<ScriptedStream>
}

/** A sender that a receiver accepts, and that receiver. */
export interface AcceptedSender {
  readonly receiving: Receiving
  /** Where files are received. */
  readonly dir: string
  readonly client: ControlClient
  /** Errors of the program that the receiver reported. */
  readonly reported: readonly unknown[]
  begin(cipher: 'none' | 'tls', streams?: number): Promise<Begun>
}

/** A receiver and a sender that end with the test. */
export async function acceptedSender(
  t: TestContext,
  options: Partial<ReceiveOptions> = {},
  streamLimits: Partial<StreamLimits> = {},
): Promise<AcceptedSender> {
  const reported: unknown[] = []
  const { receiving, dir } = await listening(t, options, {
    onProgrammingError: (error) => reported.push(error),
    streamLimits,
  })
  const identity = await newIdentity(t)
  const client = clientOf(t, identity, receiving.port)
  const arrived = new Map<string, (transfer: Transfer) => void>()
  receiving.onTransfer((transfer) => arrived.get(transfer.view().transferId)?.(transfer))
  return {
    ...{ receiving, dir, client, reported },
    begin: async (cipher, streams = 1) => {
      const transferId = randomBytes(16).toString('hex')
      const coming = new Promise<Transfer>((resolve) => arrived.set(transferId, resolve))
      const offer = { transferId, cipher, streams, entries: ENTRIES }
      const { answer } = await sendOffer(client, identity, offer)
      assert.ok(answer)
      const { sessionId, dataPort } = answer
      return {
        ...{ transferId, transfer: await coming, sessionId },
        streams: () => openStreams(dataPort ?? 0, answer),
        stream: (index, secret = answer.secret) => openStream(dataPort ?? 0, { sessionId, secret }, index),
      }
    },
  }
}

/** Holds every call of this method of the addon until it is released; `called` resolves with the first. */
export function hold(
  t: TestContext,
  method: 'removeStaging' | 'renameNoReplace' | 'commit' | 'syncFolder' | 'syncTree',
): { readonly called: Promise<null>; release(): void } {
  const released = withResolvers<null>()
  const called = withResolvers<null>()
  const original = addon[method]
  const { mock } = t.mock.method(addon, method, async (...args: unknown[]) => {
    called.resolve(null)
    await released.promise
    const result: unknown = Reflect.apply(original, addon, args)
    return result
  })
  return {
    called: called.promise,
    release: () => {
      mock.restore()
      released.resolve(null)
    },
  }
}
