import { hostname } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { app, nativeTheme } from 'electron'
import type { Device, ListedDevice } from '../../contract/device.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { Activity, Answered, RequestOf, Self } from '../../contract/ipc.ts'
import { openPenstock, parseDestination, planTechniques, type Penstock } from '../../core/index.ts'
import { SYSTEM_FILES, type SettingsChange, type WindowSettings } from '../../contract/settings.ts'
import type { IncomingOffer } from '../../contract/transfer.ts'
import { type Language, languageOfLocale } from '../../messages/index.ts'
import { uiEn, type UiWords } from '../../messages/en/ui.ts'
import { uiZh } from '../../messages/zh/ui.ts'
import { ComparisonRunner } from './compare.ts'
import { EarlierTransfers } from './earlier.ts'
import { LocalReceiver } from './local-receiver.ts'
import { Offers } from './offers.ts'
import type { Outbox } from './outbox.ts'
import { addresses, downloads } from './own-machine.ts'
import { Receiver } from './receiver.ts'
import { Transfers } from './transfers.ts'
import { TrustedService } from './trusted.ts'

/** Time for running work to end when the application closes, in milliseconds. */
const CLOSE_MS = 3000

export interface ServicesHooks {
  /** A transfer or the comparison has started or ended. */
  readonly activityChanged: (activity: Activity) => void
  /** An error of this program in a transfer. That transfer ends; the others continue. */
  readonly onProgrammingError: (error: unknown) => void
  /** Another offer, or a request to pair, waits for the user's answer. */
  readonly offerWaits: () => void
  /** The offers that wait have changed. */
  readonly offersChanged: (offers: readonly IncomingOffer[]) => void
}

/** The layer between the window and the core. */
export class Services {
  readonly comparison: ComparisonRunner
  readonly trust: TrustedService
  readonly #penstock: Penstock
  readonly #outbox: Outbox
  readonly #offers: Offers
  readonly #transfers: Transfers
  readonly #receiver: Receiver
  readonly #local: LocalReceiver
  readonly #earlier: EarlierTransfers
  readonly #hooks: ServicesHooks
  #activity = ''
  #waitingOffers = 0

  private constructor(penstock: Penstock, outbox: Outbox, stateDir: string, hooks: ServicesHooks) {
    this.#hooks = hooks
    this.#penstock = penstock
    this.#outbox = outbox
    this.#earlier = new EarlierTransfers(penstock)
    this.#offers = new Offers(() => {
      const offers = [...this.#offers.list()]
      outbox.put({ offers })
      hooks.offersChanged(offers)
      if (offers.length > this.#waitingOffers) hooks.offerWaits()
      this.#waitingOffers = offers.length
    })
    this.#transfers = new Transfers({
      changed: (snapshot) => {
        outbox.putTransfer(snapshot)
        this.#compareActivity()
      },
      failed: hooks.onProgrammingError,
    })
    this.trust = new TrustedService(penstock, {
      find: (id) => this.#find(id),
      trustedChanged: (trusted) => {
        outbox.put({ trusted: [...trusted], devices: this.#devices() })
      },
      pairingsChanged: (pairings) => {
        outbox.put({ pairings: [...pairings] })
      },
      requested: () => {
        hooks.offerWaits()
      },
    })
    this.#receiver = new Receiver(penstock, {
      options: () => {
        const { receiveTechnique, bufferBytes, durability, check, onConflict, pin, hidden } =
          penstock.settings.current
        return {
          dir: this.#folder(),
          technique: receiveTechnique,
          bufferBytes,
          durability,
          check,
          onConflict,
          pin,
          visible: !hidden,
        }
      },
      decide: (offer, signal, always) => this.#offers.decide(offer, signal, always),
      onTransfer: (transfer) => {
        this.#transfers.add(transfer)
        void transfer.ended.then(() => {
          this.#publishDevices()
        })
      },
      changed: () => {
        outbox.put({ self: this.#self() })
      },
    })
    this.comparison = new ComparisonRunner({
      stateDir,
      find: (id) => this.#find(id),
      alias: () => penstock.alias,
      onProgrammingError: hooks.onProgrammingError,
      changed: (comparing) => {
        outbox.put({ comparing })
        this.#compareActivity()
      },
    })
    this.#local = new LocalReceiver({
      dir: join(downloads(), 'Penstock-demo'),
      alias: this.words.devices.demoName,
      only: penstock.fingerprint,
      settings: () => penstock.settings.current,
      peers: penstock.peers,
      onProgrammingError: hooks.onProgrammingError,
      onTransfer: (transfer) => {
        this.#transfers.addOtherEnd(transfer)
      },
    })
  }

  /** Opens the state folder, starts receiving and searching for devices. Throws `state-unreadable`, `no-permission`. */
  static async start(stateDir: string, outbox: Outbox, hooks: ServicesHooks): Promise<Services> {
    const penstock = await openPenstock({
      stateDir,
      alias: null,
      onProgrammingError: hooks.onProgrammingError,
    })
    const services = new Services(penstock, outbox, stateDir, hooks)
    nativeTheme.themeSource = penstock.settings.current.theme
    penstock.peers.onChange(() => {
      services.#publishDevices()
    })
    await services.#receiver.apply()
    // The search for devices continues even if this device cannot receive.
    await penstock.peers.start()
    return services
  }

  get activity(): Activity {
    const kind = this.comparison.now?.kind
    return {
      transfers: this.#transfers.active,
      comparing: kind === 'preparing' || kind === 'running' || kind === 'stopping',
    }
  }

  /** The catalogue of the user's language. */
  get words(): UiWords {
    return this.language === 'zh' ? uiZh : uiEn
  }

  get language(): Language {
    const { language } = this.#penstock.settings.current
    return language === 'system' ? languageOfLocale(app.getLocale()) : language
  }

  async whole(): Promise<Omit<Answered<'open'>, 'closing' | 'trouble'>> {
    const [{ send, receive }, earlier] = await Promise.all([planTechniques(), this.#earlier.list()])
    return {
      self: this.#self(),
      settings: this.#settings(),
      devices: this.#devices(),
      transfers: [...this.#transfers.all()],
      earlier,
      offers: [...this.#offers.list()],
      pairings: [...this.trust.pairings()],
      trusted: [...this.trust.list()],
      techniques: { send: [...send], receive: [...receive] },
      comparing: this.comparison.now,
    }
  }

  async probe(address: string): Promise<ListedDevice> {
    const to = parseDestination(address)
    const host = to.host
    if (host === null) throw new PenstockError('peer-not-found', { to: address })
    return this.#listed(await this.#penstock.peers.probe(host, to.port ?? undefined))
  }

  /** Restarts the search for devices. */
  async look(): Promise<void> {
    await this.#penstock.peers.stop()
    await this.#penstock.peers.start()
  }

  send({
    paths,
    to,
    security,
    technique,
    dontcache,
    bufferBytes,
    pin,
    otherDevice,
  }: RequestOf<'send'>): string {
    const device = this.#find(to)
    if (!paths.every((path) => isAbsolute(path))) throw new PenstockError('usage', { detail: 'path' })
    const { check } = this.#penstock.settings.current
    const transfer = this.#penstock.send({
      paths,
      exclude: this.#exclude(),
      to: device,
      security,
      technique,
      ...(dontcache ? { dontcache } : {}),
      streams: 'auto',
      bufferBytes,
      check,
      pin,
      otherDevice,
    })
    void transfer.ended.then(() => {
      this.#publishDevices()
    })
    return this.#transfers.add(transfer)
  }

  /** Copies to a folder on this machine, with the settings for received files. */
  copy({ paths, folder, technique }: RequestOf<'copy'>): string {
    if (![...paths, folder].every((path) => isAbsolute(path)))
      throw new PenstockError('usage', { detail: 'path' })
    const { durability, onConflict } = this.#penstock.settings.current
    return this.#transfers.add(
      this.#penstock.copy({
        paths,
        exclude: this.#exclude(),
        dir: folder,
        technique,
        durability,
        onConflict,
      }),
    )
  }

  cancel(key: string): void {
    this.#transfers.cancel(key)
  }

  setTechnique({ key, technique }: RequestOf<'setTechnique'>): void {
    this.#transfers.setTechnique(key, technique)
  }

  forget(key: string): void {
    this.#transfers.forget(key)
  }

  /** Path of a transfer's files. Throws `no-such-path` if none is on this machine. */
  async whereIs(key: string): Promise<string> {
    const path = (await this.#earlier.whereIs(key)) ?? this.#transfers.whereIs(key)
    if (path === null) throw new PenstockError('no-such-path')
    return path
  }

  offered(offerId: string, from: number): Answered<'offered'> {
    return [...this.#offers.entries(offerId, from)]
  }

  answerOffer({ offerId, accept, remember }: RequestOf<'answerOffer'>): Promise<void> {
    return this.#offers.answer(offerId, accept, remember)
  }

  async changeSettings(change: RequestOf<'changeSettings'>): Promise<WindowSettings> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    const fields: SettingsChange = given
    await this.#penstock.settings.update(fields)
    nativeTheme.themeSource = this.#penstock.settings.current.theme
    void this.#receiver.apply()
    const settings = this.#settings()
    this.#outbox.put({ settings, self: this.#self() })
    return settings
  }

  async tryHere(): Promise<ListedDevice> {
    return this.#listed(await this.#local.start())
  }

  /** Ends all running work, within a time limit. */
  async close(): Promise<void> {
    const limit = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS))
    await Promise.race([this.#end(), limit])
  }

  #end(): Promise<unknown> {
    return Promise.allSettled([this.#penstock.close(), this.#local.close(), this.comparison.stop()])
  }

  #find(to: string): Device {
    const device = this.#penstock.peers.list().find(({ id }) => id === to)
    if (!device) throw new PenstockError('peer-not-found', { to })
    return device
  }

  #compareActivity(): void {
    const { activity } = this
    const text = JSON.stringify(activity)
    if (text === this.#activity) return
    this.#activity = text
    this.#hooks.activityChanged(activity)
  }

  /** What the settings leave out of a transfer. */
  #exclude(): readonly string[] {
    return this.#penstock.settings.current.leaveOutSystemFiles ? SYSTEM_FILES : []
  }

  #folder(): string {
    return this.#penstock.settings.current.folder ?? join(downloads(), 'Penstock')
  }

  #settings(): WindowSettings {
    const { alias, pin, hidden, security, technique, receiveTechnique, bufferBytes, ...rest } =
      this.#penstock.settings.current
    const { leaveOutSystemFiles, theme, language } = rest
    const folder = this.#folder()
    const transfers = { security, technique, receiveTechnique, bufferBytes, leaveOutSystemFiles }
    return { alias, folder, pin, hidden, ...transfers, theme, language }
  }

  #self(): Self {
    return {
      alias: this.#penstock.alias,
      hostName: hostname(),
      fingerprint: this.#penstock.fingerprint,
      addresses: addresses(),
      port: this.#receiver.port,
      problem: this.#receiver.problem,
      locale: app.getLocale(),
    }
  }

  #listed(device: Device): ListedDevice {
    return { ...device, demo: this.#local.isIt(device.fingerprint) }
  }

  #devices(): ListedDevice[] {
    return this.#penstock.peers.list().map((device) => this.#listed(device))
  }

  #publishDevices(): void {
    this.#outbox.put({ devices: this.#devices() })
  }
}
