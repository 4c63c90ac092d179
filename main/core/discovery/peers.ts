import type { Device, FoundBy } from '../../contract/device.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Peers } from '../api.ts'
import type { Identity } from '../device/identity.ts'
import type { ProvedIdentity } from '../device/proved.ts'
import type { Appearance } from '../device/trust.ts'
import {
  announcementBody,
  DEFAULT_PORT,
  infoBody,
  isOfCertificate,
  type Announcement,
  type DeviceInfo,
  type Registration,
  type SelfInfo,
} from '../protocol/localsend/messages.ts'
import { startControlServer, type ControlServer } from '../protocol/http/server.ts'
import { type RequestPeer } from '../protocol/http/handlers.ts'
import { query, type Question } from './query.ts'
import { QueryQueue } from './query-queue.ts'
import { interfaceAddresses, interfacesKey, isNear, type InterfaceAddress } from './interfaces.ts'
import { Multicast } from './multicast.ts'
import { addressRank, deviceOf, idOf, Registry, type Recognise, type Sighting } from './registry.ts'
import { parseDestination } from './address.ts'
import { resolveDevice } from './resolve.ts'
import { candidates, scan } from './scan.ts'

export interface PeersOptions {
  readonly identity: Identity
  /** The current name of this device. */
  readonly alias: () => string
  /** What is announced; null while this device is hidden or does not receive and so only searches. */
  readonly self: () => SelfInfo | null
  /** What the user knows of a device. */
  readonly recognise: Recognise
  /** A device proved its identity under this name, at this address. */
  readonly proved?: (identity: ProvedIdentity, appearance: Appearance) => void
  /** The time in milliseconds since the epoch. */
  readonly clock?: () => number
  /** The addresses of this machine, read again every 5 s. */
  readonly interfaces?: () => readonly InterfaceAddress[]
  /** Whether the subnets may be scanned address by address. */
  readonly scan?: boolean
  /** UDP port of the multicast group; tests use another one to stay separate. */
  readonly multicastPort?: number
}

/** {@link Peers} with the input from the receiver's control server. */
export interface RunningPeers extends Peers {
  /** A device has registered at our control server. */
  registered(registration: Registration, peer: RequestPeer): void
}

/** When the announcements after a start go out, in milliseconds; LocalSend 2.2 does the same. */
const ANNOUNCE_AT_MS = [100, 500, 2000] as const
/** Repeats in case datagrams were lost; a device that arrives later announces itself. */
const ANNOUNCE_EVERY_MS = 30_000
const TICK_MS = 1000
const LOOK_AT_INTERFACES_MS = 5000
/** When the subnets are scanned if no device has answered: after the start, and from then on. */
const SCAN_AFTER_MS = 2500
const SCAN_EVERY_MS = 60_000
const ASK_MS = 2000
const SCAN_ASK_MS = 700
const PROBE_MS = 5000
/** A device seen within this time is not queried again because of one more datagram. */
const FRESH_MS = 900

export function createPeers(options: PeersOptions): RunningPeers {
  return new LocalPeers(options)
}

class LocalPeers implements RunningPeers {
  readonly #options: PeersOptions
  readonly #now: () => number
  readonly #registry: Registry
  readonly #multicast: Multicast
  readonly #queue = new QueryQueue()
  readonly #listeners = new Set<() => void>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #running: AbortController | null = null
  /** Serializes starts and stops. */
  #steps: Promise<void> = Promise.resolve()
  #lookout: ControlServer | null = null
  #interfaces: readonly InterfaceAddress[] = []
  #announced = ''
  #twin: string | null = null
  /** The first scan of the running search. */
  #firstScan: Promise<void> = Promise.resolve()
  #answeredAt = -Infinity

  constructor(options: PeersOptions) {
    this.#options = options
    this.#now = options.clock ?? Date.now
    this.#registry = new Registry(this.#now, options.recognise)
    const received = (announcement: Announcement, address: string) =>
      this.#announcement(announcement, address)
    this.#multicast = new Multicast({ received }, this.#now, options.multicastPort ?? DEFAULT_PORT)
  }

  list(): readonly Device[] {
    return this.#registry.list()
  }

  get twin(): string | null {
    return this.#twin
  }

  searched(): Promise<void> {
    return this.#steps.catch(() => undefined).then(() => this.#firstScan)
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): Promise<void> {
    if (this.#running !== null) return this.#steps
    const run = new AbortController()
    this.#running = run
    this.#steps = this.#steps.catch(() => undefined).then(() => this.#begin(run.signal))
    return this.#steps
  }

  stop(): Promise<void> {
    if (this.#running === null) return this.#steps
    this.#running.abort()
    this.#running = null
    this.#steps = this.#steps.catch(() => undefined).then(() => this.#end())
    return this.#steps
  }

  async probe(host: string, port: number = DEFAULT_PORT): Promise<Device> {
    const sighting = await query({
      ...this.#question('address'),
      host,
      port,
      protocol: this.#protocolOf(host, port),
      expectedFingerprint: null,
      introduce: null,
      timeoutMs: PROBE_MS,
    })
    if (isLooker(sighting.info)) throw new PenstockError('not-a-peer', { host, port })
    const listed = this.#seen(sighting)
    const device = deviceOf(sighting, this.#now(), this.#options.recognise)
    return listed === null ? device : { ...device, foundBy: listed.foundBy }
  }

  async resolve(to: string, waitMs: number): Promise<Device> {
    const fresh = this.#running === null
    if (fresh && parseDestination(to).kind === 'name') await this.start()
    try {
      return await resolveDevice(this, to, waitMs, fresh)
    } finally {
      if (fresh) await this.stop()
    }
  }

  registered(registration: Registration, peer: RequestPeer): void {
    const { address: host, identity } = peer
    const protocol = registration.protocol ?? 'https'
    const claim = claimOf({ ...registration, protocol })
    if (claim === this.#options.identity.fingerprint) {
      if (identity?.fingerprint === claim) this.#ownAt(host)
      return
    }
    const port = registration.port ?? DEFAULT_PORT
    if (isLooker(registration)) return
    if (
      protocol === 'https' &&
      identity !== null &&
      identity.fingerprint === (claim ?? identity.fingerprint)
    ) {
      this.#seen({ info: registration, identity, host, port, protocol, foundBy: 'multicast' })
      return
    }
    // A claim. It counts once the device itself answers at that address and, over HTTPS, proves the fingerprint.
    this.#check({ host, port, protocol, expectedFingerprint: claim, introduce: null })
  }

  /** What this device answers to a query: the receiver's data, or that it only searches. */
  #self(): SelfInfo | null {
    const self = this.#options.self()
    if (self !== null || this.#lookout === null) return self
    return {
      alias: this.#options.alias(),
      deviceModel: process.platform,
      deviceType: 'desktop',
      fingerprint: this.#options.identity.fingerprint,
      port: this.#lookout.port,
      penstock: { versions: [], dataPort: null, ciphers: [] },
    }
  }

  async #begin(signal: AbortSignal): Promise<void> {
    this.#interfaces = this.#read()
    await this.#multicast.open(this.#interfaces)
    await this.#lookOut()
    this.#announceSoon()
    this.#every(TICK_MS, () => this.#tick())
    this.#every(LOOK_AT_INTERFACES_MS, () => void this.#lookAtInterfaces(signal))
    this.#every(ANNOUNCE_EVERY_MS, () => {
      if (this.#options.self() !== null) this.#announce(true)
    })
    if (this.#options.scan !== false) {
      this.#firstScan = new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
        this.#after(SCAN_AFTER_MS, () => void this.#scan(signal).then(resolve))
      })
      this.#every(SCAN_EVERY_MS, () => void this.#scan(signal))
    }
  }

  async #end(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#queue.clear()
    this.#multicast.close()
    const lookout = this.#lookout
    this.#lookout = null
    await lookout?.close()
  }

  /** LocalSend devices answer to a port, so a device that does not receive opens one during the search. */
  async #lookOut(): Promise<void> {
    if (!this.#needsLookout()) return
    try {
      const lookout = await startControlServer({
        identity: this.#options.identity,
        port: 0,
        handlers: {
          info: () =>
            infoBody(this.#self() ?? { ...NOBODY, fingerprint: this.#options.identity.fingerprint }),
          register: (registration, { peer }) => this.registered(registration, peer),
        },
      })
      // Discovery may have stopped, or this device begun to receive, while the port was opening.
      if (this.#running === null || this.#options.self() !== null || this.#lookout !== null)
        await lookout.close()
      else this.#lookout = lookout
    } catch (error) {
      // Without a port, answers still arrive by datagram and by the scan of the subnets.
      if (!(error instanceof PenstockError)) throw error
    }
  }

  #needsLookout(): boolean {
    return this.#running !== null && this.#options.self() === null && this.#lookout === null
  }

  #read(): readonly InterfaceAddress[] {
    return (this.#options.interfaces ?? interfaceAddresses)()
  }

  #announceSoon(): void {
    this.#announced = JSON.stringify(this.#options.self())
    for (const delay of ANNOUNCE_AT_MS) this.#after(delay, () => this.#announce(true))
  }

  #announce(requestsAnswers: boolean): void {
    const self = this.#self()
    if (self !== null) this.#multicast.send(announcementBody(self, requestsAnswers))
  }

  #announcement(announcement: Announcement, address: string): void {
    const { fingerprint, port, protocol } = announcement
    if (!isNear(address, this.#interfaces)) return
    // Our own datagrams come back, but a copy of this device's state can announce the same identity.
    if (fingerprint === this.#options.identity.fingerprint && this.#isOwn(address)) return
    const id = protocol === 'https' ? fingerprint : idOf({ identity: null, host: address, port })
    const listed = this.#registry.get(id)
    const looker = isLooker(announcement)
    const fresh =
      listed !== null &&
      this.#now() - listed.lastSeen < FRESH_MS &&
      (listed.host === address || addressRank(listed.host) > addressRank(address))
    const self = this.#options.self()
    if (announcement.announce && self !== null && looker) this.#answerByDatagram()
    if (fresh || (looker && self === null)) return
    const introduce = announcement.announce ? self : null
    this.#check({ host: address, port, protocol, expectedFingerprint: claimOf(announcement), introduce })
  }

  /** This device's identity at another machine's address: its state was copied, and neither lists the other. */
  #ownAt(address: string): void {
    if (this.#twin !== null || this.#isOwn(address)) return
    this.#twin = address
    this.#changed()
  }

  #isOwn(address: string): boolean {
    const [plain = ''] = address.split('%')
    return this.#read().some((own) => own.address === plain)
  }

  /** For devices that our connections do not reach, at most once a second. */
  #answerByDatagram(): void {
    if (this.#now() - this.#answeredAt < TICK_MS) return
    this.#answeredAt = this.#now()
    this.#announce(false)
  }

  #question(foundBy: FoundBy): Pick<Question, 'identity' | 'foundBy'> {
    return { identity: this.#options.identity, foundBy }
  }

  /** After one successful handshake, a failing one does not turn the device into an unencrypted one. */
  #protocolOf(host: string, port: number): 'https' | 'any' {
    return this.#registry.hasProved(host, port) ? 'https' : 'any'
  }

  /** Lists a device once it has answered at the claimed address. */
  #check(question: Pick<Question, 'host' | 'port' | 'protocol' | 'expectedFingerprint' | 'introduce'>): void {
    const run = this.#running
    if (run === null) return
    const { host, port, protocol, expectedFingerprint, introduce } = question
    if (protocol === 'http' && this.#registry.hasProved(host, port)) return
    const key = `${expectedFingerprint ?? ''} ${host} ${port}`
    this.#queue.add(key, host, async () => {
      try {
        const sighting = await query({
          ...this.#question('multicast'),
          ...question,
          timeoutMs: ASK_MS,
          signal: run.signal,
        })
        if (!run.signal.aborted) this.#seen(sighting)
      } catch {
        if (introduce !== null && !run.signal.aborted) this.#answerByDatagram()
      }
    })
  }

  #seen(sighting: Sighting): Device | null {
    const id = idOf(sighting)
    if (sighting.info.fingerprint === this.#options.identity.fingerprint) {
      if (this.#running !== null) this.#ownAt(sighting.host)
      return null
    }
    if (isLooker(sighting.info)) {
      if (this.#registry.remove(id)) this.#changed()
      return null
    }
    const { identity, info, host, port } = sighting
    if (identity !== null) this.#options.proved?.(identity, { alias: info.alias, host, port })
    const before = this.#registry.get(id)
    const device = this.#registry.seen(sighting)
    if (device !== null && (before === null || differs(before, device))) this.#changed()
    return device
  }

  #tick(): void {
    const self = this.#options.self()
    if (JSON.stringify(self) !== this.#announced) {
      this.#announceSoon()
      if (self === null) void this.#lookOut()
      else void this.#lookout?.close()
      if (self !== null) this.#lookout = null
    }
    for (const device of this.#registry.takeDue()) void this.#refresh(device)
  }

  async #refresh(device: Device): Promise<void> {
    const { host, port, protocol, fingerprint, foundBy } = device
    const signal = this.#running?.signal
    if (signal === undefined) return
    try {
      const sighting = await query({
        ...this.#question(foundBy[0] ?? 'multicast'),
        host,
        port,
        protocol,
        expectedFingerprint: protocol === 'https' ? fingerprint : null,
        introduce: null,
        timeoutMs: ASK_MS,
        signal,
      })
      if (!signal.aborted) this.#seen(sighting)
    } catch {
      if (!signal.aborted && this.#registry.missed(device)) this.#changed()
    }
  }

  async #lookAtInterfaces(signal: AbortSignal): Promise<void> {
    const now = this.#read()
    if (interfacesKey(now) === interfacesKey(this.#interfaces)) return
    this.#interfaces = now
    await this.#multicast.open(now)
    if (signal.aborted) {
      this.#multicast.close()
      return
    }
    this.#announceSoon()
    if (this.#options.scan !== false) this.#after(SCAN_AFTER_MS, () => void this.#scan(signal))
  }

  async #scan(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#registry.list().length > 0) return
    const one = async (host: string) => {
      try {
        const sighting = await query({
          ...this.#question('scan'),
          host,
          port: DEFAULT_PORT,
          protocol: this.#protocolOf(host, DEFAULT_PORT),
          expectedFingerprint: null,
          introduce: this.#options.self(),
          timeoutMs: SCAN_ASK_MS,
          signal,
        })
        if (!signal.aborted) this.#seen(sighting)
      } catch {
        // Most addresses have no device: not an error.
      }
    }
    await scan(candidates(this.#interfaces), one, signal)
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      run()
    }, ms)
    this.#timers.add(timer.unref())
  }

  #every(ms: number, run: () => void): void {
    this.#timers.add(setInterval(run, ms).unref())
  }
}

const NOBODY: Omit<SelfInfo, 'fingerprint'> = {
  alias: 'Penstock',
  deviceModel: null,
  deviceType: 'desktop',
  port: DEFAULT_PORT,
  penstock: { versions: [], dataPort: null, ciphers: [] },
}

/** The fingerprint that a device must have by its own message; null if the message names none that its protocol can show. */
function claimOf({ fingerprint, protocol }: Pick<Announcement, 'fingerprint' | 'protocol'>): string | null {
  const isUsable = protocol === 'https' ? isOfCertificate(fingerprint) : fingerprint !== ''
  return isUsable ? fingerprint : null
}

/** A Penstock that only searches: it gets answers, but files cannot be sent to it. */
function isLooker({ penstock }: Pick<DeviceInfo, 'penstock'>): boolean {
  return penstock !== null && penstock.versions.length === 0
}

function differs(before: Device, after: Device): boolean {
  const shown = ({ lastSeen: _, ...rest }: Device) => JSON.stringify(rest)
  return shown(before) !== shown(after)
}
