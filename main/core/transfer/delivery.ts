import type { EntryNotes, FileFailure, OtherEntry } from '../../../native/index.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Note, NotDelivered } from '../../contract/report.ts'
import type { ManifestEntry } from '../../contract/transfer.ts'
import { sentPath } from '../target/names.ts'
import { type EntryNotDelivered, entryNotDelivered, noteOf } from '../target/outcomes.ts'

type Reason = Pick<NotDelivered, 'by'> & { readonly code: ErrorCode }

function failure(code: ErrorCode): Reason {
  return { code, by: 'failure' }
}

/** The reasons of WIRE.md's table for one entry. Codes not listed mean that the other side failed. */
const REASONS: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ['io', failure('io')],
  ['disk-full', failure('disk-full')],
  ['too-large', failure('too-large')],
  ['no-permission', failure('no-permission')],
  ['file-changed', failure('file-changed')],
  ['file-shrank', failure('file-shrank')],
  ['file-vanished', failure('file-vanished')],
  ['not-readable', failure('not-readable')],
  ['check-failed', failure('check-failed')],
  ['unsafe-name', failure('unsafe-name')],
  ['name-taken', failure('name-taken')],
  ['name-too-long', failure('name-too-long')],
  ['name-collision', failure('name-collision')],
  ['links-unsupported', failure('links-unsupported')],
  ['link-outside', { code: 'link-outside', by: 'policy' }],
  ['kept-existing', { code: 'name-taken', by: 'policy' }],
])

const CODES: ReadonlyMap<string, string> = new Map(
  [...REASONS].map(([name, { code, by }]) => [keyOf({ code, by }), name]),
)

function keyOf({ code, by }: Reason): string {
  return `${code} ${by}`
}

/** The wire's code and errno for an entry that was not delivered. */
export function wireOf({ index, by, reason }: EntryNotDelivered): FileFailure {
  const code = CODES.get(keyOf({ code: reason.code, by })) ?? CODES.get(keyOf(failure(reason.code)))
  const errno = reason.params?.['errno']
  return {
    index,
    code: code ?? 'internal',
    ...(typeof errno === 'string' ? { errno } : {}),
  }
}

/** The entries that an engine or the other side reports as not delivered. */
export function notDeliveredOf(
  failures: readonly FileFailure[],
  entryAt: (index: number) => Pick<ManifestEntry, 'index' | 'path' | 'sentAs'> | undefined,
): EntryNotDelivered[] {
  return failures.map(({ index, code, errno }) => {
    const entry = entryAt(index) ?? { index, path: String(index) }
    const reason = REASONS.get(code) ?? failure('peer-failed')
    const path = sentPath(entry)
    const params = errno === undefined ? { path } : { path, errno }
    return entryNotDelivered(entry, { code: reason.code, params }, reason.by)
  })
}

/** The entries that have these notes, each once, in order. */
export function indexesOf(notes: readonly EntryNotes[]): readonly number[] {
  const indexes = notes.flatMap(({ first, count }) => Array.from({ length: count }, (_, at) => first + at))
  return [...new Set(indexes)].sort((left, right) => left - right)
}

/** The notes that the receiver reports. */
export function notesOf(
  notes: readonly EntryNotes[],
  entryAt: (index: number) => Pick<ManifestEntry, 'path'> | undefined,
): Note[] {
  return notes.flatMap(({ first, count, ...change }) =>
    Array.from({ length: count }, (_, at) => entryAt(first + at) ?? { path: String(first + at) }).map(
      (entry) => noteOf(entry, change),
    ),
  )
}

/** The entries that are no files. */
export function othersOf(entries: readonly Pick<ManifestEntry, 'index' | 'type'>[]): OtherEntry[] {
  return entries.flatMap(({ index, type }) => (type === 'file' ? [] : [{ index, type }]))
}

/** For a report, which lists paths. */
export function listed(entries: readonly EntryNotDelivered[]): readonly NotDelivered[] {
  return entries.map(({ path, reason, by }) => ({ path, reason, by }))
}
