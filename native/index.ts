import { loadAddon } from './load.ts'
import type { Addon } from './types/addon.ts'

/** Typed face of the addon. Sizes and offsets are bytes as integers below 2^53; times are nanoseconds as bigint. */
export type * from './types/addon.ts'
export type * from './types/entries.ts'
export type * from './types/files.ts'
export type * from './types/network.ts'
export type * from './types/samples.ts'
export type * from './types/sessions.ts'
export type * from './types/streams.ts'

export const addon: Addon = loadAddon()
