import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { ERROR_CODES } from '../../../main/contract/errors.ts'
import type { TerminalState } from '../../../main/contract/transfer.ts'
import type { Transfer } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { sendOptions } from '../penstock/options.ts'
import { CODES } from './frames.ts'
import { receiveDefaults } from './receiving.ts'

/** Every number of the wire's code table, and some that it does not have. */
export const WIRE_CODES: readonly number[] = [...CODES.keys(), CODES.length, 99, 0xffffffff]

/** Of each kind one, for frames whose meaning does not depend on the code: known, unknown, none. */
export const SOME_WIRE_CODES: readonly number[] = [0, 5, 99]

export const STATUSES: readonly number[] = [200, 204, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 507]

/** Bodies with each code that a Penstock has, the wire's own names, and what is not one. */
export const BODIES: readonly string[] = [
  ...[...ERROR_CODES, 'cancelled', 'no-such-code', ''].map((code) => JSON.stringify({ code })),
  ...['', '{', 'null', '[]', '"refused"', '{"code":7}', '<html></html>', '\u0000'],
]

/** The end of a transfer in short: the kind, the side, and the problem's code. */
export function nameOf(end: TerminalState): string {
  switch (end.kind) {
    case 'done':
      return 'done'
    case 'failed':
      return `failed ${end.problem.code}`
    default:
      return `${end.kind} ${end.by} ${end.problem.code}`
  }
}

/** Resolves with the end of a transfer, which must be reached once and stay. */
export async function endOf(transfer: Transfer): Promise<string> {
  let ends = 0
  let seen: string | null = null
  const look = (): void => {
    const { state } = transfer.view()
    if (state.kind === 'preparing' || state.kind === 'offered') return
    if (state.kind === 'running' || state.kind === 'committing') return
    const name = nameOf(state)
    if (seen !== name) ends++
    seen = name
  }
  transfer.onChange(look)
  const end = await transfer.ended
  look()
  assert.deepEqual([ends, seen], [1, nameOf(end)])
  return nameOf(end)
}

/** Runs the cases, some at once; the failures of all are thrown together, each with its name. */
export async function runTable<T extends { readonly name: string }>(
  cases: readonly T[],
  run: (one: T) => Promise<void>,
  atOnce = 8,
): Promise<void> {
  const failed: string[] = []
  const queue = cases.values()
  const worker = async (): Promise<void> => {
    for (const one of queue) {
      try {
        await run(one)
      } catch (error) {
        failed.push(`${one.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  assert.ok(cases.length > 0)
  assert.equal(failed.length, 0, failed.slice(0, 20).join('\n'))
}

/** Collects uncaught errors until the end of the test. */
export function watchProcess(t: TestContext): { readonly escaped: readonly unknown[] } {
  const escaped: unknown[] = []
  const note = (error: unknown): void => {
    escaped.push(error)
  }
  process.on('unhandledRejection', note)
  process.on('uncaughtException', note)
  t.after(() => {
    process.off('unhandledRejection', note)
    process.off('uncaughtException', note)
  })
  return { escaped }
}

/** Two devices that follow the protocol; the result sends a file from one to the other, encrypted or not. */
export async function honestPair(
  t: TestContext,
): Promise<(security: 'clear' | 'encrypted') => Promise<void>> {
  const root = await mkdtemp(join(tmpdir(), 'penstock-honest-'))
  const sender = await openPenstock({ stateDir: join(root, 'sender'), alias: 'honest sender' })
  const receiver = await openPenstock({ stateDir: join(root, 'receiver'), alias: 'honest receiver' })
  const dir = join(root, 'received')
  const receiving = await receiver.receive({ ...receiveDefaults(dir), onConflict: 'replace' })
  t.after(async () => {
    await Promise.all([sender.close(), receiver.close()])
    await rm(root, { recursive: true, force: true })
  })
  const path = join(root, 'honest.bin')
  const content = Buffer.alloc(3_000_000, 'honest')
  await writeFile(path, content)
  const to = await sender.peers.probe('127.0.0.1', receiving.port)
  return async (security) => {
    const end = await sender.send(sendOptions([path], to, { security, bufferBytes: 65_536 })).ended
    assert.equal(nameOf(end), 'done')
    assert.ok(content.equals(await readFile(join(dir, 'honest.bin'))))
  }
}

/** Cases between two exchanges of the honest pair. */
const CASES_PER_EXCHANGE = 40

/**
 * Runs the cases while devices that follow the protocol exchange files. Fails if a case or an exchange does, and if
 * any error escapes into the process.
 */
export async function underHonestTransfers<T extends { readonly name: string }>(
  t: TestContext,
  cases: readonly T[],
  run: (one: T) => Promise<void>,
): Promise<void> {
  const { escaped } = watchProcess(t)
  const exchange = await honestPair(t)
  const exchanges: Promise<void>[] = []
  let count = 0
  await runTable(cases, (one) => {
    if (count++ % CASES_PER_EXCHANGE === 0) {
      const last = exchanges.at(-1) ?? Promise.resolve()
      const next = last.then(() => exchange(exchanges.length % 2 === 0 ? 'clear' : 'encrypted'))
      next.catch(() => undefined)
      exchanges.push(next)
    }
    return run(one)
  })
  await Promise.all(exchanges)
  assert.deepEqual(escaped, [])
}
