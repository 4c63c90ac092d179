import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Device } from '../../contract/device.ts'
import type { Settings } from '../../contract/settings.ts'
import { openPenstock, type Peers, type Penstock, type Transfer } from '../../core/index.ts'

export interface LocalReceiverOptions {
  /** Folder for its received files. */
  readonly dir: string
  /** Name of the other end in reports. */
  readonly alias: string
  /** Fingerprint of the only device that it admits. */
  readonly only: string
  readonly settings: () => Settings
  readonly peers: Pick<Peers, 'probe'>
  readonly onTransfer: (transfer: Transfer) => void
  readonly onProgrammingError: (error: unknown) => void
}

interface Running {
  readonly port: number
  close(): Promise<void>
}

/**
 * "Try it on this computer": a second receiver in this process, with its own identity, real sockets and real files. It accepts
 * everything, so it listens on loopback and admits one device.
 */
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

  /** Starts it unless it runs; resolves with its device. A failed start is cleaned up. */
  async start(): Promise<Device> {
    this.#starting ??= this.#start()
    try {
      const { port } = await this.#starting
      return await this.#options.peers.probe('127.0.0.1', port)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const starting = this.#starting
    this.#starting = null
    const running = await starting?.catch(() => null)
    await running?.close()
  }

  async #start(): Promise<Running> {
    const stateDir = await mkdtemp(join(tmpdir(), 'penstock-demo-'))
    const removeState = () => rm(stateDir, { recursive: true, force: true })
    try {
      const penstock = await openPenstock({
        stateDir,
        alias: this.#options.alias,
        onProgrammingError: this.#options.onProgrammingError,
      })
      const close = () => penstock.close().finally(removeState)
      try {
        this.#fingerprint = penstock.fingerprint
        return { port: await this.#receive(penstock), close }
      } catch (error) {
        await penstock.close()
        throw error
      }
    } catch (error) {
      await removeState()
      throw error
    }
  }

  async #receive(penstock: Penstock): Promise<number> {
    const { dir, only, settings, onTransfer } = this.#options
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
    return receiving.port
  }
}
