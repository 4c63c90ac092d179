/** Names that the target's file system does not take. */
export interface RefusedNames {
  /** Characters that no name may have. */
  readonly refused: string
  /** No name may end with a dot or a space. */
  readonly refusesEndings: boolean
  /** No name may be that of a device of Windows, with or without an extension. */
  readonly refusesDevices: boolean
  /** A name is too long by its units of UTF-16, not by its bytes. */
  readonly countsUnits: boolean
}

export const NOTHING_REFUSED: RefusedNames = {
  ...{ refused: '', refusesEndings: false, refusesDevices: false },
  countsUnits: false,
}

/** Bytes of UTF-8 of a name, or units of UTF-16. */
const MAX_NAME = 255
/** Most bytes of UTF-8 for one unit of UTF-16. */
const BYTES_PER_UNIT = 3
/** Paths with more components are not created under any name. */
const MAX_DEPTH = 256

const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])[ ]*(?:\.|$)/iu
const ENDING = /[. ]$/u

/** Which name an entry gets whose own the target cannot hold, such as `a_b_.txt` for `a:b?.txt`. */
export class NearNames {
  readonly #refused: RefusedNames
  readonly #characters: RegExp | null
  /** By path as sent: the folders that are created under another. */
  readonly #folders = new Map<string, string>()

  constructor(refused: RefusedNames) {
    this.#refused = refused
    this.#characters = refused.refused === '' ? null : new RegExp(`[${escaped(refused.refused)}]`, 'gu')
  }

  /** The path under which an entry is to be created; the path itself if its names can be held. */
  pathOf(path: string): string {
    if (this.#isPlain(path) || path.split('/').length > MAX_DEPTH) return path
    const slash = path.lastIndexOf('/')
    const name = this.#nameOf(path.slice(slash + 1))
    return slash < 0 ? name : `${this.#folderOf(path.slice(0, slash))}/${name}`
  }

  /** From now on entries of this folder are created here. */
  settle(sent: string, here: string): void {
    if (sent !== here) this.#folders.set(sent, here)
  }

  /** Most paths need nothing. */
  #isPlain(path: string): boolean {
    const { refused, refusesEndings, refusesDevices } = this.#refused
    const takesAll = refused === '' && !refusesEndings && !refusesDevices
    return takesAll && this.#folders.size === 0 && !this.#mayBeTooLong(path)
  }

  #folderOf(path: string): string {
    const known = this.#folders.get(path)
    if (known !== undefined) return known
    const here = this.pathOf(path)
    this.settle(path, here)
    return here
  }

  #nameOf(name: string): string {
    // Never safe, and not to be made so.
    if (name === '' || name === '.' || name === '..') return name
    const { refusesEndings, refusesDevices } = this.#refused
    let near = this.#characters ? name.replace(this.#characters, '_') : name
    if (refusesEndings) near = near.replace(ENDING, '_')
    if (refusesDevices && DEVICE.test(near)) near = `_${near}`
    const lengthOf = this.#refused.countsUnits ? unitsOf : bytesOf
    return this.#mayBeTooLong(near) && lengthOf(near) > MAX_NAME ? cut(near, lengthOf) : near
  }

  #mayBeTooLong(name: string): boolean {
    return name.length * (this.#refused.countsUnits ? 1 : BYTES_PER_UNIT) > MAX_NAME
  }
}

type LengthOf = (text: string) => number

const unitsOf: LengthOf = (text) => text.length
const bytesOf: LengthOf = (text) => Buffer.byteLength(text)

/** Cut before the extension, or at the end if the extension leaves no room. */
function cut(name: string, lengthOf: LengthOf): string {
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 ? name.slice(dot) : ''
  const room = MAX_NAME - lengthOf(extension)
  return room > 0
    ? shorten(name.slice(0, dot > 0 ? dot : name.length), room, lengthOf) + extension
    : shorten(name, MAX_NAME, lengthOf)
}

function shorten(text: string, most: number, lengthOf: LengthOf): string {
  let used = 0
  let kept = ''
  for (const character of text) {
    used += lengthOf(character)
    if (used > most) break
    kept += character
  }
  return kept
}

function escaped(characters: string): string {
  return characters.replaceAll(/[\\\]^-]/gu, '\\$&')
}
