import { steadyNow } from '../contract/clock.ts'
import type { PenstockAbilities } from '../contract/device.ts'
import type { HistoryEntry } from '../contract/history.ts'
import type { TerminalState, TransferView } from '../contract/transfer.ts'
import type {
  CopyOptions,
  OpenOptions,
  Peers,
  Penstock,
  ReceiveOptions,
  Receiving,
  SendOptions,
  Share,
  ShareOptions,
  Transfer,
} from './api.ts'
import { Trust } from './device/trust.ts'
import { TrustedDevices } from './device/trusted-devices.ts'
import { defaultAlias } from './device/alias.ts'
import { type Identity, loadIdentity } from './device/identity.ts'
import { createPeers, type RunningPeers } from './discovery/peers.ts'
import { Pairings } from './pairing/pairings.ts'
import { StagingArea } from './target/staging-area.ts'
import { History } from './store/history.ts'
import { SettingsStore } from './store/settings.ts'
import { stagingKey } from './store/staging-key.ts'
import { lockReceiver, type ReceiverLock } from './store/receiver-lock.ts'
import { TrustedStore } from './store/trusted.ts'
import { makeStateFolder } from './store/state-folder.ts'
import { LocalCopy } from './copy/local-copy.ts'
import { OutgoingTransfer } from './send/outgoing.ts'
import { STREAM_LIMITS, type StreamLimits } from './transfer/limits.ts'
import { ProgrammingErrors } from './transfer/programming-errors.ts'
import { type RunningReceiver, startReceiving } from './receive/receiver.ts'
import { DEFAULT_PORT, infoBody, type SelfInfo } from './protocol/localsend/messages.ts'

/** Opens the product over one state folder. Throws `state-unreadable`, `no-permission`. */
export async function openPenstock(options: OpenOptions): Promise<Penstock> {
  await makeStateFolder(options.stateDir)
  const [identity, settings, trusted, history, key] = await Promise.all([
    loadIdentity(options.identityDir ?? options.stateDir),
    SettingsStore.open(options.stateDir),
    TrustedStore.open(options.stateDir),
    History.open(options.stateDir),
    stagingKey(options.stateDir),
  ])
  return new OpenPenstock(options, identity, { settings, trusted, history }, new StagingArea(key))
}

interface Stores {
  readonly settings: SettingsStore
  readonly trusted: TrustedStore
  readonly history: History
}

const NO_ABILITIES: PenstockAbilities = { versions: [], dataPort: null, ciphers: [] }

/** Seconds for which a transfer has moved bytes. */
function secondsMoved({ movingSince }: Pick<TransferView, 'movingSince'>): number {
  return movingSince === null ? 0 : (steadyNow() - movingSince) / 1000
}

class OpenPenstock implements Penstock {
  readonly settings: SettingsStore
  readonly trusted: TrustedDevices
  readonly pairing: Pairings
  readonly #options: OpenOptions
  readonly #identity: Identity
  readonly #history: History
  readonly #trust: Trust
  readonly #staging: StagingArea
  readonly #errors: ProgrammingErrors
  readonly #limits: StreamLimits
  readonly #peers: RunningPeers
  readonly #running = new Set<Transfer>()
  readonly #remembering = new Set<Promise<void>>()
  readonly #shares = new Set<Share>()
  readonly #receivers = new Map<RunningReceiver, ReceiverLock>()
  #visible: { readonly receiver: RunningReceiver; readonly options: ReceiveOptions } | null = null

  constructor(
    options: OpenOptions,
    identity: Identity,
    { settings, trusted: store, history }: Stores,
    staging: StagingArea,
  ) {
    this.settings = settings
    this.#options = options
    this.#identity = identity
    this.#errors = new ProgrammingErrors(options.onProgrammingError)
    this.#limits = { ...STREAM_LIMITS, ...options.streamLimits }
    this.#history = history
    this.trusted = new TrustedDevices(store)
    this.#trust = new Trust(settings, this.trusted)
    this.pairing = new Pairings({
      identity,
      alias: () => this.alias,
      trust: this.#trust,
      devices: this.trusted,
    })
    this.#staging = staging
    this.#peers = createPeers({
      identity,
      alias: () => this.alias,
      self: () => this.#self(),
      recognise: (identity, appearance) => this.#trust.recognise(identity, appearance),
      proved: (identity, appearance) => {
        // Its name and address are bound later if they cannot be stored now.
        this.#trust.seen(identity, appearance).catch(() => undefined)
      },
    })
  }

  get fingerprint(): string {
    return this.#identity.fingerprint
  }

  get alias(): string {
    return this.#options.alias ?? this.settings.current.alias ?? defaultAlias()
  }

  get peers(): Peers {
    return this.#peers
  }

  send(options: SendOptions): Transfer {
    const transfer = new OutgoingTransfer(options, {
      identity: this.#identity,
      info: this.#self() ?? this.#info(DEFAULT_PORT, NO_ABILITIES),
      errors: this.#errors,
      limits: this.#limits,
    })
    this.#follow(transfer)
    transfer.start()
    return transfer
  }

  copy(options: CopyOptions): Transfer {
    const transfer = new LocalCopy(options, this.#staging, this.#errors)
    this.#follow(transfer)
    transfer.start()
    return transfer
  }

  async share(options: ShareOptions): Promise<Share> {
    const { startShare } = await import('./link/share.ts')
    const info = infoBody(this.#info(DEFAULT_PORT, NO_ABILITIES))
    const share = await startShare({ identity: this.#identity, alias: this.alias, info }, options)
    this.#shares.add(share)
    void share.ended.then(() => this.#shares.delete(share))
    return share
  }

  async receive(options: ReceiveOptions): Promise<Receiving> {
    const lock = await lockReceiver(this.#options.stateDir)
    let receiver: RunningReceiver
    try {
      receiver = await startReceiving(
        {
          identity: this.#identity,
          trust: this.#trust,
          staging: this.#staging,
          errors: this.#errors,
          limits: this.#limits,
          pair: (request, response, context) => this.pairing.serve(request, response, context),
          alias: () => this.alias,
          info: (port, abilities) => infoBody(this.#info(port, abilities)),
          registered: (registration, { peer }) => {
            this.#peers.registered(registration, peer)
          },
        },
        options,
      )
    } catch (error) {
      lock.release()
      throw error
    }
    receiver.onTransfer((transfer) => {
      this.#follow(transfer)
    })
    this.#receivers.set(receiver, lock)
    if (options.visible && options.host === 'any') {
      this.#visible = { receiver, options }
      await this.#peers.start()
    }
    return {
      port: receiver.port,
      dataPort: receiver.dataPort,
      dir: receiver.dir,
      onTransfer: (listener) => receiver.onTransfer(listener),
      openLink: (link) => receiver.openLink(link),
      close: () => this.#closeReceiver(receiver),
    }
  }

  async #closeReceiver(receiver: RunningReceiver): Promise<void> {
    const lock = this.#receivers.get(receiver)
    if (!lock) return
    this.#receivers.delete(receiver)
    if (this.#visible?.receiver === receiver) this.#visible = null
    await receiver.close()
    lock.release()
  }

  history(limit: number): Promise<readonly HistoryEntry[]> {
    return this.#history.list(limit)
  }

  async close(): Promise<void> {
    this.pairing.close()
    for (const transfer of this.#running) transfer.cancel()
    await Promise.all([...this.#shares].map((share) => share.close()))
    await Promise.all([...this.#receivers.keys()].map((receiver) => this.#closeReceiver(receiver)))
    await Promise.all(this.#remembering)
    await this.#peers.stop()
  }

  #self(): SelfInfo | null {
    if (!this.#visible) return null
    const { receiver, options } = this.#visible
    return this.#info(receiver.port, receiver.abilities(options))
  }

  #info(port: number, penstock: PenstockAbilities): SelfInfo {
    return {
      alias: this.alias,
      deviceModel: process.platform,
      deviceType: 'desktop',
      fingerprint: this.#identity.fingerprint,
      port,
      penstock,
    }
  }

  #follow(transfer: Transfer): void {
    this.#running.add(transfer)
    const remembered = transfer.ended.then(async (end) => {
      this.#running.delete(transfer)
      try {
        await this.#remember(transfer, end)
      } catch {
        // A history that cannot be written must not turn a delivered transfer into a failed one.
      } finally {
        this.#remembering.delete(remembered)
      }
    })
    this.#remembering.add(remembered)
  }

  /** Whether a transfer belongs in the history: an offer that was not accepted does so only if its device is known. */
  #isRemembered({ isWanted, peerIdentity }: Transfer): boolean {
    if (isWanted) return true
    return peerIdentity !== null && this.#trust.isKnown(peerIdentity)
  }

  async #remember(transfer: Transfer, end: TerminalState): Promise<void> {
    if (!this.#isRemembered(transfer)) return
    const view = transfer.view()
    const { transferId, role, peer, title, folder, savedAs } = view
    const report = end.kind === 'done' ? end.report : null
    await this.#history.add({
      at: new Date().toISOString(),
      transferId,
      role,
      peer,
      title,
      entries: report?.entries ?? view.files,
      bytes: report?.bytes ?? view.bytes,
      seconds: report?.seconds ?? secondsMoved(view),
      outcome: end.kind,
      problem: end.kind === 'done' ? null : end.problem,
      folder,
      paths: savedAs,
    })
    const { peerIdentity } = transfer
    if (end.kind === 'done' && peerIdentity !== null) await this.#trust.exchanged(peerIdentity, peer.alias)
  }
}
