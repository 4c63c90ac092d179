import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Device } from '../contract/device.ts'
import type { Peers, Penstock, Receiving, Transfer } from '../core/api.ts'
import { openPenstock } from '../core/penstock.ts'
import type { Settings } from '../core/store/settings.ts'

export interface LocalReceiverOptions {
  /** Folder that its files go to. */
  readonly dir: string
  /** Name that the other end has in reports. */
  readonly alias: string
  /** Fingerprint of the one device that it admits. */
  readonly only: string
  readonly settings: () => Settings
  readonly peers: Peers
  readonly onTransfer: (transfer: Transfer) => void
}

interface Running {
  readonly penstock: Penstock
  readonly receiving: Receiving
  readonly stateDir: string
  readonly device: Device
}

/** "Try it on this computer": a second receiver in this process, with its own identity, real sockets and real files. */
export class LocalReceiver {
  readonly #options: LocalReceiverOptions
  #starting: Promise<Running> | null = null
  #fingerprint: string | null = null

  constructor(options: LocalReceiverOptions) {
    this.#options = options
  }

  isIt(fingerprint: string): boolean {
    return fingerprint === this.#fingerprint
  }

  /** Starts it, or finds it running; resolves with the device that it is. */
  async start(): Promise<Device> {
    this.#starting ??= this.#start()
    try {
      const { receiving } = await this.#starting
      return await this.#options.peers.probe('127.0.0.1', receiving.port)
    } catch (error) {
      this.#starting = null
      throw error
    }
  }

  async close(): Promise<void> {
    const running = await this.#starting?.catch(() => null)
    this.#starting = null
    if (!running) return
    await running.penstock.close()
    await rm(running.stateDir, { recursive: true, force: true })
  }

  async #start(): Promise<Running> {
    const { dir, alias, only, settings, peers, onTransfer } = this.#options
    const stateDir = await mkdtemp(join(tmpdir(), 'penstock-demo-'))
    const penstock = await openPenstock({ stateDir, alias })
    this.#fingerprint = penstock.fingerprint
    const { receiveTechnique, bufferBytes, durability, check } = settings()
    const receiving = await penstock.receive({
      dir,
      host: 'loopback',
      only,
      port: 0,
      dataPort: 0,
      pin: null,
      clear: true,
      technique: receiveTechnique,
      bufferBytes,
      durability,
      check,
      onConflict: 'keep-both',
      visible: false,
      decide: () => Promise.resolve({ accept: true }),
    })
    receiving.onTransfer(onTransfer)
    const device = await peers.probe('127.0.0.1', receiving.port)
    return { penstock, receiving, stateDir, device }
  }
}
