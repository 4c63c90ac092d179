/**
 * The public interface of the core; the shells import only this file. Each function loads its part when it is called, so
 * that a command that needs little of the core starts fast, and help works even if the addon does not load.
 */
import type { Comparison } from '../contract/compare.ts'
import type { OpenOptions, Penstock } from './api.ts'
import type * as Preset from './compare/preset.ts'
import type { CompareTarget } from './compare/compare.ts'
import type * as Child from './compare/child-receiver.ts'
import type * as Local from './compare/local-target.ts'
import type * as Techniques from './plan/techniques.ts'

export type {
  CopyOptions,
  Decision,
  OpenOptions,
  Peers,
  Penstock,
  ReceiveOptions,
  Receiving,
  SendOptions,
  Transfer,
} from './api.ts'
export type { ChildReceiver, SelfCommand } from './compare/child-receiver.ts'
export type { CompareTarget } from './compare/compare.ts'
export type { LocalTarget } from './compare/local-target.ts'
export type { AlwaysAccept } from './device/trust.ts'
export type { CopyTarget, TechniqueRow, TransferRow } from './plan/techniques.ts'
export { parseDestination } from './discovery/address.ts'
export { errnoOf, problemOfErrno } from './errors/errno.ts'
export { defaultStateFolder } from './store/state-folder.ts'

/** Opens the product over one state folder. Throws `state-unreadable`, `no-permission`. */
export async function openPenstock(options: OpenOptions): Promise<Penstock> {
  const penstock = await import('./penstock.ts')
  return penstock.openPenstock(options)
}

/** Checks that at least one of the paths exists. Throws `no-such-path`, `not-readable`, `nothing-to-send`. */
export async function assertPaths(paths: readonly string[]): Promise<void> {
  const given = await import('./source/given-paths.ts')
  await given.assertPaths(paths)
}

/** See {@link Techniques.planTechniques}. */
export const planTechniques: typeof Techniques.planTechniques = async (...args) => {
  const techniques = await import('./plan/techniques.ts')
  return techniques.planTechniques(...args)
}

/** See {@link Techniques.planCopyTechniques}. */
export const planCopyTechniques: typeof Techniques.planCopyTechniques = async (...args) => {
  const techniques = await import('./plan/techniques.ts')
  return techniques.planCopyTechniques(...args)
}

/** Creates an empty folder for a comparison below `parent`. Throws `no-permission`, `disk-full`, `target-unusable`. */
export async function makeCompareFolder(parent: string): Promise<string> {
  const folder = await import('./compare/folder.ts')
  return folder.makeCompareFolder(parent)
}

/** Writes a new file of `bytes` bytes of random content. */
export async function writeBigFile(path: string, bytes: number, signal: AbortSignal): Promise<void> {
  const file = await import('./compare/big-file.ts')
  await file.writeBigFile(path, bytes, signal)
}

/** See {@link Child.startReceiver}. */
export const startReceiver: typeof Child.startReceiver = async (...args) => {
  const child = await import('./compare/child-receiver.ts')
  return child.startReceiver(...args)
}

/** See {@link Local.startLocalTarget}. */
export const startLocalTarget: typeof Local.startLocalTarget = async (...args) => {
  const local = await import('./compare/local-target.ts')
  return local.startLocalTarget(...args)
}

/** See {@link Preset.assertComparable}. */
export async function assertComparable(...args: Parameters<typeof Preset.assertComparable>): Promise<void> {
  const preset = await import('./compare/preset.ts')
  preset.assertComparable(...args)
}

/** Measures a preset. See {@link Preset.comparePreset}. */
export async function comparePreset(
  penstock: Pick<Penstock, 'send'>,
  target: CompareTarget,
  options: Preset.PresetOptions,
): Promise<Comparison> {
  const preset = await import('./compare/preset.ts')
  return preset.comparePreset(penstock, target, options)
}
