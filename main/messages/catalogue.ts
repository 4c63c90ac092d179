import type { en } from './en.ts'

/** The same keys with any text: what a catalogue of another language has to be. */
export type Translated<T> = { readonly [K in keyof T]: T[K] extends string ? string : Translated<T[K]> }

export type Catalogue = Translated<typeof en>
export type UsageCode = keyof Catalogue['usage']
