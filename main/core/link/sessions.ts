import { randomInt, timingSafeEqual } from 'node:crypto'

/** No letter that can be taken for another. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
/** About 50 bits: too many to guess over a network, and short enough to type. */
const LENGTH = 10
/** Most sessions of a link; beyond this, the oldest ends. */
export const MAX_SESSIONS = 4096

function newSession(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('')
}

function same(left: string, right: string): boolean {
  const given = Buffer.from(left)
  const wanted = Buffer.from(right)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** Those who may see a share: each session is a secret part of a link. */
export class LinkSessions {
  readonly #sessions = new Set<string>()

  open(): string {
    const session = newSession()
    this.#sessions.add(session)
    const [oldest] = this.#sessions
    if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest)
    return session
  }

  has(given: string): boolean {
    let found = false
    for (const session of this.#sessions) if (same(session, given)) found = true
    return found
  }
}
