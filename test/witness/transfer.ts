import { limitSchema } from '../../main/contract/limit.ts'
import { copyCountSchema } from '../../main/contract/report.ts'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { penstock, type Running } from '../support/processes/cli.ts'

const cpu = z.object({ user: z.number(), system: z.number() })

/** What the witnesses compare of a report. */
export const reportSchema = z.looseObject({
  event: z.literal('report'),
  bytes: z.number(),
  userCopyBytes: z.number().nullable(),
  kernelCopiedBytes: z.number().nullable(),
  technique: z.string(),
  cachedPagesLeft: z.nullable(z.number()),
  dontcache: z.nullable(z.object({ bytes: z.number(), of: z.number() })),
  transport: z.string().nullable(),
  reason: z.object({ code: z.string() }).nullable(),
  fellBackFrom: z.array(z.object({ technique: z.string() })),
  syscalls: z.record(z.string(), z.number()),
  cpuSeconds: cpu,
  limitedBy: z.nullable(limitSchema),
  copies: z.nullable(copyCountSchema),
})

export type Report = z.infer<typeof reportSchema>

const listeningSchema = z.looseObject({ port: z.number() })

/** A folder that is removed after the tests, even if it holds folders that may not be written. */
export async function scratch(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'penstock-witness-'))
  return {
    path,
    remove: async () => {
      spawnSync('chmod', ['-R', 'u+w', path])
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** How each side is run. */
interface Sides {
  readonly root: string
  readonly source: string
  readonly host?: string
  /** Where the receiver saves; by default a folder below `root`. */
  readonly dir?: string
  /** On sealed streams; otherwise without encryption. */
  readonly encrypted?: boolean
  readonly send?: readonly string[]
  readonly receive?: readonly string[]
  readonly aroundSender?: readonly string[]
  readonly aroundReceiver?: readonly string[]
  /** Called once both run, with the processes. */
  readonly watch?: (sending: Running, receiving: Running) => void
}

let count = 0

/** One transfer between two command lines; resolves with both reports. */
export async function transferBetween(
  sides: Sides,
): Promise<{ sent: Report; received: Report; dir: string }> {
  count++
  const dir = sides.dir ?? join(sides.root, `in-${count}`)
  const state = (side: string): string => join(sides.root, `state-${side}-${count}`)
  const clear = sides.encrypted === true ? [] : ['--clear']
  const receiving = penstock(
    [
      ...['receive', '--dir', dir, '--state', state('r'), '--port', '0', '--accept', 'all', '--hidden'],
      ...['--once', ...clear, '--durability', 'os', ...(sides.receive ?? [])],
    ],
    sides.aroundReceiver,
  )
  const { port } = listeningSchema.parse(await receiving.seen('listening'))
  const to = `${sides.host ?? '127.0.0.1'}:${port}`
  const sending = penstock(
    ['send', sides.source, '--to', to, '--state', state('s'), ...clear, ...(sides.send ?? [])],
    sides.aroundSender,
  )
  sides.watch?.(sending, receiving)
  assert.equal(await sending.exit, 0)
  assert.equal(await receiving.exit, 0)
  const report = (running: Running): Report => reportSchema.parse(running.lines.at(-1))
  return { sent: report(sending), received: report(receiving), dir }
}

/** Why a witness cannot run here, or false. */
export function missing(program?: string, { root = false } = {}): string | false {
  if (process.platform !== 'linux') return 'NOT RUN: it asks Linux'
  if (root && process.getuid?.() !== 0) return 'NOT RUN: it makes network namespaces, which takes root'
  if (program !== undefined && spawnSync('which', [program]).status !== 0) {
    return `NOT RUN: ${program} is not installed`
  }
  return false
}
