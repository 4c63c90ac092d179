/**
 * The public interface of the core; the shells import only this file. Each function loads its part when it is called, so
 * that a command that needs little of the core starts fast, and help works even if the addon does not load.
 */
import type { OpenOptions, Penstock } from './api.ts'

export type * from './api.ts'
export type { ChildReceiver, SelfCommand } from './compare/child-receiver.ts'
export type { CompareTarget } from './compare/compare.ts'
export type { LocalTarget } from './compare/local-target.ts'
export type { AlwaysAccept } from './device/trust.ts'
export type { Pairing } from './pairing/run.ts'
export type { TrustedDevices } from './device/trusted-devices.ts'
export type { CopyTarget, TechniqueRow, TransferRow } from './plan/techniques.ts'
export { parseDestination } from './discovery/address.ts'
export { errnoOf, problemOfErrno } from './errors/errno.ts'
export { defaultStateFolder } from './store/state-folder.ts'

/** A function that is loaded when it is called. */
function lazy<A extends readonly unknown[], R>(
  load: () => Promise<(...args: A) => R | Promise<R>>,
): (...args: A) => Promise<R> {
  return async (...args) => await (await load())(...args)
}

/** Opens the product over one state folder. Throws `state-unreadable`, `no-permission`. */
export const openPenstock: (options: OpenOptions) => Promise<Penstock> = lazy(
  async () => (await import('./penstock.ts')).openPenstock,
)

/** Checks that at least one of the paths exists. Throws `no-such-path`, `not-readable`, `nothing-to-send`. */
export const assertPaths = lazy(async () => (await import('./source/given-paths.ts')).assertPaths)

/** The techniques for a transfer, each with a reason. See plan/techniques.ts. */
export const planTechniques = lazy(async () => (await import('./plan/techniques.ts')).planTechniques)

/** The techniques for a copy on this machine, each with a reason. See plan/techniques.ts. */
export const planCopyTechniques = lazy(async () => (await import('./plan/techniques.ts')).planCopyTechniques)

/** Creates an empty folder for a comparison below `parent`. Throws `no-permission`, `disk-full`, `target-unusable`. */
export const makeCompareFolder = lazy(async () => (await import('./compare/folder.ts')).makeCompareFolder)

/** Writes a new file of the given number of bytes of random content. */
export const writeBigFile = lazy(async () => (await import('./compare/big-file.ts')).writeBigFile)

/** Starts a receiver in a process of its own. See compare/child-receiver.ts. */
export const startReceiver = lazy(async () => (await import('./compare/child-receiver.ts')).startReceiver)

/** Starts the receiver of a comparison on this machine. See compare/local-target.ts. */
export { durabilitiesOf } from './compare/durabilities.ts'
export const startLocalTarget = lazy(async () => (await import('./compare/local-target.ts')).startLocalTarget)

/** Throws `technique-unavailable` for the first of the techniques that cannot send here. See compare/preset.ts. */
export const assertComparable = lazy(async () => (await import('./compare/preset.ts')).assertComparable)

/** Measures a preset. See compare/preset.ts. */
export const comparePreset = lazy(async () => (await import('./compare/preset.ts')).comparePreset)
