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

/** The same for an entry below a top entry, whose folders have notes of their own. */
export function belowNote(sent: string, here: string): readonly Note[] {
  const at = here.lastIndexOf('/')
  const name = here.slice(at + 1)
  return at < 0 || name === sent.slice(sent.lastIndexOf('/') + 1) ? [] : [otherName(sent, name)]
}

function otherName(path: string, name: string): Note {
  return { code: 'other-name', path, params: { name } }
}
