import type { Note } from '../../contract/report.ts'
import { nearPath } from './names.ts'

/** Notes for delivered top entries that the receiver creates under another name. */
export function nearNotes(entries: readonly { readonly path: string }[]): readonly Note[] {
  return entries.flatMap(({ path }) => {
    const name = nearPath(path)
    return name === path || path.includes('/') ? [] : [otherName(path, name)]
  })
}

/** The same at the receiver, from the name under which a top entry was sent and the name that it has. */
export function madeNote(sent: string, name: string): readonly Note[] {
  return sent === name ? [] : [otherName(sent, name)]
}

function otherName(path: string, name: string): Note {
  return { code: 'other-name', path, params: { name } }
}
