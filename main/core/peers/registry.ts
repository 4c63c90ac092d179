import type { Device, FoundBy } from '../../contract/device.ts'
import type { ProvedIdentity } from '../identity/proved.ts'
import type { DeviceInfo } from '../wire/localsend/messages.ts'

/** Where and how a device answered. */
export interface Sighting {
  /** What it says of itself; its fingerprint is a claim. */
  readonly info: DeviceInfo
  /** Who answered; null over HTTP, which proves nothing. */
  readonly identity: ProvedIdentity | null
  readonly host: string
  readonly port: number
  readonly protocol: 'https' | 'http'
  readonly foundBy: FoundBy
}

/** Devices listed at the same time; more are not taken, so that a flood cannot grow the list without end. */
export const MAX_DEVICES = 500
/** Devices listed at one address, so that one machine cannot fill the list. */
export const MAX_PER_HOST = 16
/** Addresses and fingerprints that are remembered as proved. */
const MAX_PROVED = 4 * MAX_DEVICES
/** Milliseconds after which a device that was not heard is asked again. */
export const REFRESH_MS = 10_000
/** Times in a row that it may fail to answer before it goes. */
const MAX_MISSED = 3

/** How well an address serves: IPv4 first, then IPv6, and last those that mean something on one link only. */
export function addressRank(host: string): number {
  if (host.toLowerCase().startsWith('fe80:')) return 0
  return host.includes(':') ? 1 : 2
}

/** Key of a device: a fingerprint only where it was proved, so that no claim can stand for another device's proof. */
export function idOf({ identity, host, port }: Pick<Sighting, 'identity' | 'host' | 'port'>): string {
  if (identity !== null) return identity.fingerprint
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** A device as it answered just now. */
export function deviceOf(
  sighting: Sighting,
  now: number,
  isRecent: (identity: ProvedIdentity) => boolean,
): Device {
  const { identity } = sighting
  const { alias, deviceModel, deviceType, version, penstock } = sighting.info
  return {
    id: idOf(sighting),
    fingerprint: identity?.fingerprint ?? '',
    alias,
    deviceModel,
    deviceType,
    kind: penstock === null ? 'localsend' : 'penstock',
    version,
    protocol: sighting.protocol,
    host: sighting.host,
    port: sighting.port,
    penstock,
    foundBy: [sighting.foundBy],
    recent: identity !== null && isRecent(identity),
    lastSeen: now,
  }
}

interface Entry {
  device: Device
  identity: ProvedIdentity | null
  missed: number
  /** When the next refresh is due. */
  due: number
}

/** The devices that answered lately, one entry for each proved fingerprint however often and however it was found. */
export class Registry {
  readonly #entries = new Map<string, Entry>()
  /** Addresses and fingerprints that have proved a certificate, oldest first: plain HTTP does not count for them any more. */
  readonly #proved = new Set<string>()
  readonly #now: () => number
  readonly #isRecent: (identity: ProvedIdentity) => boolean

  constructor(now: () => number, isRecent: (identity: ProvedIdentity) => boolean) {
    this.#now = now
    this.#isRecent = isRecent
  }

  /**
   * A device has answered at this address. Null where it is not listed: the list is full, this address has too many entries,
   * or it answers over HTTP where a certificate was proved before, or with the fingerprint of one.
   */
  seen(sighting: Sighting): Device | null {
    const { identity, host: from, port: at } = sighting
    if (identity !== null) this.#prove(identity, from, at)
    else if (this.hasProved(from, at) || this.#proved.has(sighting.info.fingerprint)) return null
    const id = idOf(sighting)
    const present = this.#entries.get(id)
    if (present === undefined && this.#isFull(sighting.host)) return null
    const ways = present?.device.foundBy ?? []
    const now = this.#now()
    const foundBy = ways.includes(sighting.foundBy) ? ways : [...ways, sighting.foundBy]
    const heard = { ...deviceOf(sighting, now, this.#isRecent), foundBy }
    // A device answers on several addresses at once; of these the easiest to use stays for as long as it answers.
    const keeps =
      present !== undefined &&
      present.missed === 0 &&
      now - present.device.lastSeen < REFRESH_MS &&
      addressRank(present.device.host) > addressRank(heard.host)
    const { host, port, protocol } = keeps ? present.device : heard
    const device = { ...heard, host, port, protocol }
    this.#entries.set(id, { device, identity, missed: 0, due: now + REFRESH_MS })
    return device
  }

  /** Whether a device has proved a certificate at this address, even if it does not answer any more. */
  hasProved(host: string, port: number): boolean {
    return this.#proved.has(idOf({ identity: null, host, port }))
  }

  #prove({ fingerprint }: ProvedIdentity, host: string, port: number): void {
    const plain = idOf({ identity: null, host, port })
    this.#entries.delete(plain)
    for (const key of [fingerprint, plain]) {
      this.#proved.delete(key)
      this.#proved.add(key)
    }
    for (const oldest of this.#proved) {
      if (this.#proved.size <= MAX_PROVED) break
      this.#proved.delete(oldest)
    }
  }

  get(id: string): Device | null {
    return this.#entries.get(id)?.device ?? null
  }

  /** Those that have not been heard for a while and should be asked; each is due again only after another while. */
  takeDue(): Device[] {
    const now = this.#now()
    const due = [...this.#entries.values()].filter((entry) => entry.due <= now)
    for (const entry of due) entry.due = now + REFRESH_MS
    return due.map(({ device }) => device)
  }

  /** A device did not answer where it was asked; true when it went for that. One that moved meanwhile is not touched. */
  missed(asked: Device): boolean {
    const entry = this.#entries.get(asked.id)
    if (entry === undefined || entry.device.host !== asked.host || entry.device.port !== asked.port)
      return false
    entry.missed += 1
    return entry.missed >= MAX_MISSED && this.#entries.delete(asked.id)
  }

  remove(id: string): boolean {
    return this.#entries.delete(id)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** By alias, then by id, with `recent` as it is now. */
  list(): Device[] {
    return [...this.#entries.values()]
      .map(({ device, identity }) => ({
        ...device,
        recent: identity !== null && this.#isRecent(identity),
      }))
      .sort((a, b) => compare(a.alias, b.alias) || compare(a.id, b.id))
  }

  #isFull(host: string): boolean {
    if (this.#entries.size >= MAX_DEVICES) return true
    let same = 0
    for (const { device } of this.#entries.values()) if (device.host === host) same += 1
    return same >= MAX_PER_HOST
  }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
