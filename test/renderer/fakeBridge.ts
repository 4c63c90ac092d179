import type { Batch, Bridge, RequestName, Whole } from '../../main/contract/ipc.ts'
import { offeredEntries, whole as everything } from './fixtures.ts'

export interface Call {
  readonly name: RequestName
  readonly request: unknown
}

/** Replaces the main process: records the requests, and answers with the fixtures. */
export interface FakeBridge {
  readonly bridge: Bridge
  readonly calls: Call[]
  /** The next answers to a request, in place of the usual one. */
  answer(name: RequestName, value: unknown): void
  push(batch: Batch): void
}

export function fakeBridge(whole: Whole = everything()): FakeBridge {
  const calls: Call[] = []
  const listeners = new Set<(batch: unknown) => void>()
  const answers = new Map<RequestName, unknown>()
  const usual: Partial<Record<RequestName, (request: unknown) => unknown>> = {
    open: () => whole,
    describe: (request) =>
      pathsOf(request).map((path) => ({
        path,
        name: path.split('/').at(-1) ?? path,
        type: 'file',
        size: 1_000_000,
      })),
    choose: () => ['/home/ana/holiday.mov'],
    send: () => ({ key: 'sender:new' }),
    copy: () => ({ key: 'sender:copy' }),
    changeSettings: (request) => ({ ...whole.settings, ...(typeof request === 'object' ? request : {}) }),
    probe: () => whole.devices[0],
    tryHere: () => whole.devices[0],
    saveCompare: () => ({ path: null }),
    offered: (request) => {
      const from = typeof request === 'object' && request !== null ? Number(Reflect.get(request, 'from')) : 0
      return offeredEntries(1200).slice(from, from + 500)
    },
  }
  const request = (name: RequestName, asked: unknown): Promise<unknown> => {
    calls.push({ name, request: asked })
    if (answers.has(name)) return Promise.resolve(answers.get(name))
    return Promise.resolve({ ok: true, value: usual[name]?.(asked) ?? {} })
  }
  const bridge: Bridge = {
    request,
    onBatch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    pathOf: (file) => (file instanceof File ? `/dropped/${file.name}` : ''),
  }
  return {
    bridge,
    calls,
    answer: (name, value) => answers.set(name, value),
    push: (batch) => {
      for (const listener of listeners) listener(batch)
    },
  }
}

function pathsOf(request: unknown): readonly string[] {
  const paths: unknown = typeof request === 'object' && request !== null ? Reflect.get(request, 'paths') : []
  return Array.isArray(paths) ? paths.map(String) : []
}

/** Installs the fake in place of the preload's bridge. */
export function installFakeBridge(whole?: Whole): FakeBridge {
  const fake = fakeBridge(whole)
  Reflect.set(window, 'penstock', fake.bridge)
  return fake
}
