import type { Note } from '../../contract/report.ts'

/** The note about a top entry, from the name under which it was sent and the name that it has. */
export function madeNote(sent: string, name: string): readonly Note[] {
  return sent === name ? [] : [{ code: 'other-name', path: sent, params: { name } }]
}
