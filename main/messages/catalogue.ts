import type { en } from './en/index.ts'

/** The same keys with any text: the type of a translated catalogue. */
export type Translated<T> = { readonly [K in keyof T]: T[K] extends string ? string : Translated<T[K]> }

export type Catalogue = Translated<typeof en>
export type UsageCode = keyof Catalogue['usage']
