import type { Note } from '../../contract/report.ts'
import { nearPath } from './names.ts'

/** Notes for the top entries among these delivered ones that the receiver makes under another name. */
export function nearNotes(entries: readonly { readonly path: string }[]): readonly Note[] {
  return entries.flatMap(({ path }) => {
    const name = nearPath(path)
    return name === path || path.includes('/') ? [] : [otherName(path, name)]
  })
}

/** The same at the receiver, for the name that a top entry was sent under and the one that it has. */
export function madeNote(sent: string, name: string): readonly Note[] {
  return sent === name ? [] : [otherName(sent, name)]
}

function otherName(path: string, name: string): Note {
  return { code: 'other-name', path, params: { name } }
}
