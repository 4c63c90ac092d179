import type { Device, FoundBy } from '../../contract/device.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import type { Appearance, Recognised } from '../device/trust.ts'
import type { DeviceInfo } from '../protocol/localsend/messages.ts'
import { networkOf } from '../protocol/http/network.ts'

/** Where and how a device answered. */
export interface Sighting {
  /** What it sent about itself; the fingerprint in it is a claim. */
  readonly info: DeviceInfo
  /** The device that answered; null over HTTP, which proves nothing. */
  readonly identity: ProvedIdentity | null
  readonly host: string
  readonly port: number
  readonly protocol: 'https' | 'http'
  readonly foundBy: FoundBy
  /** Milliseconds from the first packet to the answer; absent if it was not measured. */
  readonly answerMs?: number
}

/** Largest number of devices listed. For one more, a device of the network that has the most is dropped. */
export const MAX_DEVICES = 500
/** Largest number of devices per address, so that one machine cannot fill the list. */
export const MAX_PER_HOST = 16
/** Largest number of addresses and fingerprints stored as proved. */
const MAX_PROVED = 4 * MAX_DEVICES
/** Milliseconds without a message after which a device is queried again. */
export const REFRESH_MS = 10_000
/** Queries in a row that a device may leave unanswered before it is dropped. */
const MAX_MISSED = 3

/** Preference of an address: IPv4 first, then IPv6, link-local last. */
export function addressRank(host: string): number {
  if (host.toLowerCase().startsWith('fe80:')) return 0
  return host.includes(':') ? 1 : 2
}

/** Key of a device: the fingerprint only if it is proved, so that a claim cannot replace another device's proof. */
export function idOf({ identity, host, port }: Pick<Sighting, 'identity' | 'host' | 'port'>): string {
  if (identity !== null) return identity.fingerprint
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What the user knows of a device. */
export type Recognise = (identity: ProvedIdentity | null, appearance: Appearance) => Recognised

/** A device at the time of its answer. */
export function deviceOf(sighting: Sighting, now: number, recognise: Recognise): Device {
  const { identity, host, port } = sighting
  const { alias, deviceModel, deviceType, version, penstock } = sighting.info
  return {
    id: idOf(sighting),
    fingerprint: identity?.fingerprint ?? '',
    ...recognise(identity, { alias, host, port }),
    deviceModel,
    deviceType,
    kind: penstock === null ? 'localsend' : 'penstock',
    version,
    protocol: sighting.protocol,
    host: sighting.host,
    port: sighting.port,
    penstock,
    foundBy: [sighting.foundBy],
    lastSeen: now,
  }
}

interface Entry {
  device: Device
  /** The name that the device gives itself. */
  readonly alias: string
  identity: ProvedIdentity | null
  missed: number
  /** {@link Sighting.answerMs} at the address of the device. */
  answerMs: number
  /** Another address at which it answered; used once the listed one does not answer. */
  other: Pick<Device, 'host' | 'port' | 'protocol'> | null
  /** When the next refresh is due. */
  due: number
}

/** How much faster another address must answer to replace one of the same kind: two networks differ by more than chance. */
const CLEARLY_FASTER = 2

/** Whether the address of a sighting is the listed one, or a better one. */
function isBetter({ host, answerMs }: Sighting, { device, answerMs: listedMs }: Entry): boolean {
  if (host === device.host) return true
  const rank = addressRank(host) - addressRank(device.host)
  if (rank !== 0) return rank > 0
  return listedMs === Infinity || (answerMs !== undefined && answerMs * CLEARLY_FASTER < listedMs)
}

/** The devices that answered recently, one entry per proved fingerprint, however it was found. */
export class Registry {
  readonly #entries = new Map<string, Entry>()
  /** Addresses and fingerprints that have proved a certificate, oldest first: plain HTTP no longer counts for them. */
  readonly #proved = new Set<string>()
  readonly #now: () => number
  readonly #recognise: Recognise

  constructor(now: () => number, recognise: Recognise) {
    this.#now = now
    this.#recognise = recognise
  }

  /**
   * Adds a device that answered at this address. Null if it is not listed: there is no room, or it answers over HTTP
   * although a certificate was proved at this address or for its fingerprint.
   */
  seen(sighting: Sighting): Device | null {
    const { identity, host: from, port: at } = sighting
    if (identity !== null) this.#prove(identity, from, at)
    else if (this.hasProved(from, at) || this.#proved.has(sighting.info.fingerprint)) return null
    const id = idOf(sighting)
    const present = this.#entries.get(id)
    if (present === undefined && !this.#makeRoom(sighting)) return null
    const ways = present?.device.foundBy ?? []
    const now = this.#now()
    const foundBy = ways.includes(sighting.foundBy) ? ways : [...ways, sighting.foundBy]
    const seen = { ...deviceOf(sighting, now, this.#recognise), foundBy }
    // A device may answer on several addresses. The preferred one stays as long as it answers.
    const keeps =
      present !== undefined &&
      present.missed === 0 &&
      now - present.device.lastSeen < REFRESH_MS &&
      !isBetter(sighting, present)
    const { host, port, protocol } = keeps ? present.device : seen
    const device = { ...seen, host, port, protocol }
    const { alias } = sighting.info
    const answerMs = (keeps ? null : sighting.answerMs) ?? present?.answerMs ?? Infinity
    // It may have moved: the listed address is asked at once.
    const due = keeps && from !== host ? now : now + REFRESH_MS
    const other =
      keeps && from !== host ? { host: seen.host, port: seen.port, protocol: seen.protocol } : null
    this.#entries.set(id, { device, alias, identity, missed: 0, answerMs, other, due })
    return device
  }

  /** Whether a device has proved a certificate at this address, even if it no longer answers. */
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

  /** Devices that have sent nothing for `REFRESH_MS` and are to be queried; each is due again after that time. */
  takeDue(): Device[] {
    const now = this.#now()
    const due = [...this.#entries.values()].filter((entry) => entry.due <= now)
    for (const entry of due) entry.due = now + REFRESH_MS
    return due.map(({ device }) => device)
  }

  /**
   * Counts a query without an answer; true if the device was dropped for it, or has got another of its addresses. A device that has moved to another address is
   * left alone.
   */
  missed(device: Device): boolean {
    const entry = this.#entries.get(device.id)
    if (entry === undefined || entry.device.host !== device.host || entry.device.port !== device.port)
      return false
    if (entry.other !== null) {
      entry.device = { ...entry.device, ...entry.other }
      entry.other = null
      entry.answerMs = Infinity
      return true
    }
    entry.missed += 1
    return entry.missed >= MAX_MISSED && this.#entries.delete(device.id)
  }

  remove(id: string): boolean {
    return this.#entries.delete(id)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Sorted by alias, then by id, with what the user now knows of each. */
  list(): Device[] {
    return [...this.#entries.values()]
      .map(({ device, alias, identity }) => {
        const { host, port } = device
        return { ...device, ...this.#recognise(identity, { alias, host, port }) }
      })
      .sort((a, b) => compare(a.alias, b.alias) || compare(a.id, b.id))
  }

  /**
   * Makes room for a new device; false if there is none. A device of a network with more entries is dropped. A device with a
   * proved certificate replaces any without, and is never replaced by one.
   */
  #makeRoom({ host, identity }: Sighting): boolean {
    const all = [...this.#entries]
    const here = all.filter(([, { device }]) => device.host === host)
    if (here.length >= MAX_PER_HOST) return identity !== null && this.#drop(here.find(isUnproved))
    if (all.length < MAX_DEVICES) return true
    const counts = new Map<string, number>()
    for (const [, entry] of all) counts.set(networkIn(entry), countIn(entry) + 1)
    function countIn(entry: Entry): number {
      return counts.get(networkIn(entry)) ?? 0
    }
    const mine = counts.get(networkOf(host)) ?? 0
    const bySize = all.toSorted(([, left], [, right]) => countIn(right) - countIn(left))
    const larger = bySize.filter(([, entry]) => countIn(entry) > mine)
    if (identity === null) return this.#drop(larger.find(isUnproved))
    return this.#drop(bySize.find(isUnproved) ?? larger[0])
  }

  #drop(found: readonly [string, Entry] | undefined): boolean {
    return found !== undefined && this.#entries.delete(found[0])
  }
}

function isUnproved([, { identity }]: readonly [string, Entry]): boolean {
  return identity === null
}

function networkIn({ device }: Entry): string {
  return networkOf(device.host)
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
