// Invariant: a transfer that either side cancels during the commit, at any step and over any carrier, has the same end on both
// sides, and the disk agrees: after "done" every file is in place, after "cancelled" none has its final name. For a LocalSend
// device each file is a transfer of its own: it exists if and only if its upload was answered with 200.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { addon } from '../../../native/index.ts'
import type { Penstock, ReceiveOptions, Receiving, Transfer } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { encodeFrame, type Frame } from '../../support/scripted/frames.ts'
import { endOf, nameOf } from '../../support/scripted/peer-table.ts'
import { Phone } from '../../support/localsend/phone.ts'
import { acceptance, answering, dataPort, scriptedReceivers } from '../../support/scripted/receiver.ts'
import { receiveDefaults } from '../../support/scripted/receiving.ts'
import type { ScriptedStream } from '../../support/scripted/sender.ts'

/** The calls with which a commit works on the disk. */
const CALLS = ['createFile', 'syncTree', 'commit', 'renameNoReplace', 'syncFolder', 'removeStaging'] as const
/** Time in which a CANCEL arrives, in milliseconds. If it takes longer, the end must be the same. */
const CANCEL_MS = 20

let root = ''
let sender: Penstock
let receiver: Penstock
let source = ''
let folders = 0

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-cancel-in-commit-'))
  sender = await openPenstock({ stateDir: join(root, 'sender'), alias: 'sender' })
  receiver = await openPenstock({ stateDir: join(root, 'receiver'), alias: 'receiver' })
  source = join(root, 'source')
  await mkdir(join(source, 'folder', 'inner'), { recursive: true })
  for (const name of ['folder/a', 'folder/inner/b', 'c', 'd']) await writeFile(join(source, name), name)
})

after(async () => {
  await sender.close()
  await receiver.close()
  await rm(root, { recursive: true, force: true })
})

/** Runs something before one of the addon's calls. */
class Steps {
  #called: string[] = []
  #begins: () => boolean = () => true
  #at = 0
  #stop: () => Promise<void> = () => Promise.resolve()

  constructor(t: TestContext) {
    for (const method of CALLS) {
      const original = addon[method]
      t.mock.method(addon, method, async (...args: unknown[]) => {
        if (this.#called.length > 0 || this.#begins()) await this.#step(method)
        const result: unknown = Reflect.apply(original, addon, args)
        return result
      })
    }
  }

  /** What was called since, in order. */
  get called(): readonly string[] {
    return this.#called
  }

  /** Counts from the first call for which `begins` holds, and runs `stop` before call number `at`. */
  reset(at: number, begins: () => boolean, stop: () => Promise<void>): void {
    this.#called = []
    this.#at = at
    this.#begins = begins
    this.#stop = stop
  }

  async #step(method: string): Promise<void> {
    this.#called.push(method)
    if (this.#called.length === this.#at + 1) await this.#stop()
  }
}

/** Receives into a new folder of its own until `body` has ended. */
async function receiving(
  options: Partial<ReceiveOptions>,
  body: (run: { readonly receiving: Receiving; readonly dir: string; incoming(): Transfer }) => Promise<void>,
): Promise<void> {
  const dir = join(root, `received-${(folders += 1)}`)
  await mkdir(join(dir, 'folder'), { recursive: true })
  await writeFile(join(dir, 'folder', 'old'), 'old')
  const opened = await receiver.receive({ ...receiveDefaults(dir), durability: 'commit', ...options })
  const transfers: Transfer[] = []
  opened.onTransfer((transfer) => void transfers.push(transfer))
  try {
    await body({
      ...{ receiving: opened, dir },
      incoming: () => {
        const [first] = transfers
        assert.ok(first)
        return first
      },
    })
  } finally {
    await opened.close()
  }
}

/** Paths of the files below a folder. */
async function filesIn(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1)).sort()
}

const BEFORE = ['folder/old']
const AFTER: Readonly<Record<'keep-both' | 'replace', readonly string[]>> = {
  'keep-both': ['c', 'd', 'folder (2)/a', 'folder (2)/inner/b', 'folder/old'],
  replace: ['c', 'd', 'folder/a', 'folder/inner/b', 'folder/old'],
}

/** How the content travels, and what happens to a folder of the same name. */
const CARRIED = [
  ['clear', 'keep-both'],
  ['clear', 'replace'],
  ['encrypted', 'keep-both'],
] as const

type By = 'sender' | 'receiver'
const CANCELLED: Readonly<Record<By, readonly [string, string]>> = {
  sender: ['cancelled here cancelled-here', 'cancelled peer cancelled-by-peer'],
  receiver: ['cancelled peer cancelled-by-peer', 'cancelled here cancelled-here'],
}

/** Sends everything and cancels before a step of the commit. Returns the steps, and whether the end was `done`. */
async function cancelAt(
  steps: Steps,
  at: number,
  {
    by,
    security,
    onConflict,
  }: { by: By; security: 'clear' | 'encrypted'; onConflict: 'keep-both' | 'replace' },
): Promise<{ readonly called: readonly string[]; readonly isDone: boolean }> {
  let isDone = false
  await receiving({ onConflict }, async ({ receiving: { port }, dir, incoming }) => {
    const outgoing = sender.send({
      paths: ['folder', 'c', 'd'].map((name) => join(source, name)),
      to: await sender.peers.probe('127.0.0.1', port),
      ...{ technique: 'auto', streams: security === 'clear' ? 2 : 'auto', bufferBytes: 65_536, check: true },
      ...{ pin: null, security },
    })
    steps.reset(
      at,
      () => incoming().view().state.kind === 'committing',
      async () => {
        if (by === 'receiver') incoming().cancel()
        else outgoing.cancel()
        // Before the first name the sender ends at once; after it, with the commit.
        await Promise.race([outgoing.ended, sleep(CANCEL_MS)])
      },
    )
    const ends = [await outgoing.ended, await incoming().ended] as const
    const named = ends.map(nameOf)
    isDone = ends[1].kind === 'done'
    const where = `${by} before ${steps.called[at] ?? 'the end'} (${at})`
    assert.deepEqual(named, isDone ? ['done', 'done'] : CANCELLED[by], where)
    assert.deepEqual(await filesIn(dir), isDone ? AFTER[onConflict] : BEFORE, where)
    for (const end of ends) {
      if (end.kind === 'done') assert.deepEqual([end.report.entries, end.report.notDelivered], [6, []], where)
    }
  })
  return { called: steps.called, isDone }
}

describe('a cancel at each step of a commit', () => {
  for (const [security, onConflict] of CARRIED) {
    for (const by of ['sender', 'receiver'] as const) {
      test(`by the ${by}, ${security}, ${onConflict}`, async (t) => {
        const steps = new Steps(t)
        const outcomes: boolean[] = []
        for (let at = 0; ; at += 1) {
          const { called, isDone } = await cancelAt(steps, at, { by, security, onConflict })
          if (called.length <= at) break
          outcomes.push(isDone)
        }
        // It can be cancelled until all is durable, and never after.
        const first = outcomes.indexOf(true)
        assert.ok(first > 0 && outcomes.length - first >= 4, JSON.stringify(outcomes))
        assert.ok(outcomes.slice(first).every(Boolean), JSON.stringify(outcomes))
      })
    }
  }
})

/** What a receiver sends on the stream after a cancel that follows END, what it answers on the control connection, and the end. */
const ANSWERS: readonly (readonly [Frame | null, number, string])[] = [
  [{ name: 'ERROR', code: 1, errno: 0 }, 403, 'cancelled here cancelled-here'],
  [{ name: 'ERROR', code: 5, errno: 28 }, 403, 'failed disk-full'],
  [null, 200, 'cancelled here cancelled-here'],
  [null, 403, 'failed cancel-unconfirmed'],
  [null, 409, 'failed cancel-unconfirmed'],
]

test('a sender ends as the receiver reports, and reports `cancelled` only if the receiver has', async (t) => {
  const receivers = scriptedReceivers(t)
  for (const [frame, status, expected] of ANSWERS) {
    let cancel: () => void = () => undefined
    const speak = async (stream: ScriptedStream): Promise<void> => {
      await stream.frame('FILE_END')
      stream.write(encodeFrame({ name: 'VERIFIED', batch: false, file: 1, offset: 0, rangeLength: 14 }))
      await stream.frame('END')
      cancel()
      await stream.frame('CANCEL')
      if (frame) stream.end(encodeFrame(frame))
      else stream.close()
    }
    const port = await dataPort(t, (stream) => void speak(stream))
    const answers = {
      offer: answering(200, acceptance({ dataPort: port })),
      cancel: () => ({ status, body: {} }),
    }
    await receivers.with(answers, async (to) => {
      const outgoing = sender.send({
        ...{ paths: [join(source, 'folder', 'inner')], to, technique: 'auto', streams: 1 },
        ...{ bufferBytes: 65_536, check: true, pin: null, security: 'clear' },
      })
      cancel = () => {
        outgoing.cancel()
      }
      assert.equal(await endOf(outgoing), expected, `${JSON.stringify(frame)}, ${status}`)
    })
  }
})

/** Uploads two files, and cancels before a step. Returns the statuses of the uploads. */
async function cancelUploadAt(
  steps: Steps,
  at: number,
  by: 'phone' | 'receiver',
): Promise<readonly number[]> {
  const statuses: number[] = []
  await receiving({}, async ({ receiving: { port }, dir, incoming }) => {
    const phone = new Phone(port)
    const names = ['new/a', 'b']
    await phone.offer(names.map((name) => ({ id: name, fileName: name, size: name.length })))
    steps.reset(
      at,
      () => true,
      async () => {
        if (by === 'receiver') incoming().cancel()
        else await phone.cancel()
      },
    )
    for (const name of names) statuses.push((await phone.upload(name, name)).status)
    // A transfer that no step has cancelled ends with its last file.
    const end = await incoming().ended
    const where = `${by} before ${steps.called[at] ?? 'the end'} (${at}): ${statuses.join(', ')}`
    const kept = names.filter((_, index) => statuses[index] === 200)
    assert.deepEqual(await filesIn(dir), [...BEFORE, ...kept].sort(), where)
    const wanted =
      kept.length === names.length ? 'done' : CANCELLED[by === 'phone' ? 'sender' : 'receiver'][1]
    assert.equal(nameOf(end), wanted, where)
    const saved = incoming()
      .view()
      .savedAs.map((path) => path.slice(dir.length + 1))
    assert.deepEqual(
      saved,
      kept.map((name) => name.split('/')[0]),
      where,
    )
    if (end.kind === 'done') assert.deepEqual([end.report.entries, end.report.notDelivered], [2, []], where)
  })
  return statuses
}

describe('a cancel at each step of the files of a LocalSend device', () => {
  for (const by of ['phone', 'receiver'] as const) {
    test(`by the ${by}`, async (t) => {
      const steps = new Steps(t)
      const seen = new Set<string>()
      for (let at = 0; ; at += 1) {
        seen.add((await cancelUploadAt(steps, at, by)).join(' '))
        if (steps.called.length <= at) break
      }
      assert.deepEqual([...seen], ['403 403', '200 403', '200 200'])
    })
  }
})
