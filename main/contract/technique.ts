import * as z from 'zod/mini'
import { paramsSchema } from './errors.ts'
import { list, object } from './schema.ts'

/** Techniques that move bytes from a file to a socket, by the names that users see (see docs/techniques.md). */
export const SEND_TECHNIQUES = [
  'readwrite',
  'mmap',
  'gather',
  'sendfile',
  'transmitfile',
  'splice',
  'direct',
  'zerocopy',
  'seal',
  'ktls',
] as const

/** The techniques of the native engine, in either direction. */
export const ENGINE_TECHNIQUES = [...SEND_TECHNIQUES, 'unseal'] as const

/** Techniques that move bytes from a socket to a file. */
export const RECEIVE_TECHNIQUES = ['readwrite', 'mmap', 'splice', 'direct', 'unseal', 'ktls'] as const

/** Techniques that copy within one machine, without a socket. */
export const COPY_TECHNIQUES = ['clone', 'copyrange', 'copyfile', 'readwrite'] as const

/** Those that encrypt or decrypt: they run on encrypted streams only, and no other technique does. */
export const SEALING_TECHNIQUES = ['seal', 'unseal', 'ktls'] as const

export type SendTechnique = (typeof SEND_TECHNIQUES)[number]
export type ReceiveTechnique = (typeof RECEIVE_TECHNIQUES)[number]
export type CopyTechnique = (typeof COPY_TECHNIQUES)[number]
export type Technique = SendTechnique | ReceiveTechnique | CopyTechnique
export type SealingTechnique = (typeof SEALING_TECHNIQUES)[number]

export function isSealing(technique: Technique): technique is SealingTechnique {
  return SEALING_TECHNIQUES.some((one) => one === technique)
}

/**
 * What `mmap` does to each window of a file before it sends from it: advise sequential reading, start reading it, map all
 * its pages at once, lock them in memory until the next window.
 */
export const MAP_OPTIONS = ['sequential', 'willneed', 'populate', 'lock'] as const
export type MapOption = (typeof MAP_OPTIONS)[number]

/** Why a technique was chosen or not, why one replaced another, and why an option of `mmap` was not applied. */
export const REASON_CODES = [
  'whole-files-in-order',
  'socket-to-this-machine',
  'no-scatter-gather',
  'scattered-pieces',
  'many-small-files',
  'call-for-each-file',
  'mapping-for-each-file',
  'larger-than-memory',
  'larger-than-free-memory',
  'nothing-better-here',
  'pieces-by-calls',
  'pieces-too-long',
  'not-scattered',
  'through-a-pipe',
  'kernel-would-copy',
  'pages-to-be-pinned',
  'nothing-to-encrypt',
  'no-disk-below',
  'cached-already',
  'would-stay-cached',
  'would-fill-cache',
  'direct-not-faster',
  'no-read-ahead',
  'faults-for-each-page',
  'waits-for-the-disk',
  'chosen-by-user',
  'engine-encrypts',
  'kernel-encrypts',
  'engine-decrypts',
  'kernel-decrypts',
  'engine-has-keys',
  'kernel-has-keys',
  'no-cipher-library',
  'no-kernel-tls',
  'encrypted-in-node',
  'body-in-node',
  'receiver-encrypts',
  'receiver-without-sealing',
  'cannot-seal',
  'too-many-records',
  'data-port-silent',
  'data-port-broke',
  'other-chosen',
  'same-machine',
  'shares-blocks',
  'copies-in-kernel',
  'copies-between-file-systems',
  'other-file-system',
  'blocks-not-shared',
  'next-in-order',
  'receiving-no-touch',
  'not-supported-here',
  'not-built-yet',
  'copies-more',
  'only-by-choice',
  'needs-clear',
  'map-option-unknown-here',
  'map-populate-too-old',
  'map-lock-limit',
  'map-option-refused',
  'dontcache-refused',
  'fell-back',
] as const
export type ReasonCode = (typeof REASON_CODES)[number]

/** A reason as code and parameters; `main/messages` has the text. */
export const reasonSchema = object({ code: z.enum(REASON_CODES), params: z.exactOptional(paramsSchema) })
export type Reason = z.infer<typeof reasonSchema>

export const sendTechniqueSchema = z.enum(SEND_TECHNIQUES)
export const receiveTechniqueSchema = z.enum(RECEIVE_TECHNIQUES)
export const techniqueSchema = z.enum([...SEND_TECHNIQUES, 'unseal', ...COPY_TECHNIQUES])

/** The plan's choice: the technique, the reason, and why not the others. */
export interface Choice<T extends Technique = Technique> {
  readonly technique: T
  readonly reason: Reason
  /** Set where `readwrite` is to leave nothing in the page cache. */
  readonly dontcache?: true
  readonly rejected: readonly { readonly technique: T; readonly why: Reason }[]
}

/** A {@link Choice} of any technique. */
export const choiceSchema = object({
  technique: techniqueSchema,
  reason: reasonSchema,
  dontcache: z.exactOptional(z.literal(true)),
  rejected: list(object({ technique: techniqueSchema, why: reasonSchema })),
})

/** Limits of the user-space buffer, in bytes. */
export const BUFFER_BYTES = { min: 4096, max: 16 * 1024 * 1024, default: 1024 * 1024 } as const
