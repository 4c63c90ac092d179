import type { Device, FoundBy } from '../../contract/device.ts'
import type { DeviceInfo } from '../wire/localsend/messages.ts'

/** Where and how a device answered. */
export interface Sighting {
  readonly info: DeviceInfo
  readonly host: string
  readonly port: number
  readonly protocol: 'https' | 'http'
  readonly foundBy: FoundBy
}

/** Devices listed at the same time; more are not taken, so that a flood cannot grow the list without end. */
export const MAX_DEVICES = 500
/** Milliseconds after which a device that was not heard is asked again. */
export const REFRESH_MS = 10_000
/** Times in a row that it may fail to answer before it goes. */
const MAX_MISSED = 3

/** How well an address serves: IPv4 first, then IPv6, and last those that mean something on one link only. */
export function addressRank(host: string): number {
  if (host.toLowerCase().startsWith('fe80:')) return 0
  return host.includes(':') ? 1 : 2
}

/** A device as it answered just now. */
export function deviceOf(sighting: Sighting, now: number, isKnown: (fingerprint: string) => boolean): Device {
  const { fingerprint, alias, deviceModel, deviceType, version, penstock } = sighting.info
  return {
    fingerprint,
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
    known: sighting.protocol === 'https' && isKnown(fingerprint),
    lastSeen: now,
  }
}

interface Entry {
  device: Device
  missed: number
  /** When the next refresh is due. */
  due: number
}

/** The devices that answered lately, one entry for each fingerprint however often and however it was found. */
export class Registry {
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number
  readonly #isKnown: (fingerprint: string) => boolean

  constructor(now: () => number, isKnown: (fingerprint: string) => boolean) {
    this.#now = now
    this.#isKnown = isKnown
  }

  /** A device has answered at this address. Null where it is not listed because the list is full. */
  seen(sighting: Sighting): Device | null {
    const { fingerprint } = sighting.info
    const present = this.#entries.get(fingerprint)
    if (present === undefined && this.#entries.size >= MAX_DEVICES) return null
    // Over HTTP anybody can claim a fingerprint: it must not take the place of a device that has proved it.
    if (sighting.protocol === 'http' && present?.device.protocol === 'https') return present.device
    const ways = present?.device.foundBy ?? []
    const now = this.#now()
    const foundBy = ways.includes(sighting.foundBy) ? ways : [...ways, sighting.foundBy]
    const heard = { ...deviceOf(sighting, now, this.#isKnown), foundBy }
    // A device answers on several addresses at once; of these the easiest to use stays for as long as it answers.
    const keeps =
      present !== undefined &&
      present.missed === 0 &&
      now - present.device.lastSeen < REFRESH_MS &&
      addressRank(present.device.host) > addressRank(heard.host)
    const { host, port, protocol } = keeps ? present.device : heard
    const device = { ...heard, host, port, protocol }
    this.#entries.set(fingerprint, { device, missed: 0, due: now + REFRESH_MS })
    return device
  }

  get(fingerprint: string): Device | null {
    return this.#entries.get(fingerprint)?.device ?? null
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
    const entry = this.#entries.get(asked.fingerprint)
    if (entry === undefined || entry.device.host !== asked.host || entry.device.port !== asked.port)
      return false
    entry.missed += 1
    return entry.missed >= MAX_MISSED && this.#entries.delete(asked.fingerprint)
  }

  remove(fingerprint: string): boolean {
    return this.#entries.delete(fingerprint)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** By alias, then by fingerprint, with `known` as it is now; nobody is known over HTTP, which proves nothing. */
  list(): Device[] {
    return [...this.#entries.values()]
      .map(({ device }) => ({
        ...device,
        known: device.protocol === 'https' && this.#isKnown(device.fingerprint),
      }))
      .sort((a, b) => compare(a.alias, b.alias) || compare(a.fingerprint, b.fingerprint))
  }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
