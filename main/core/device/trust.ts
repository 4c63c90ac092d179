import { isClear, TLS_BODY, type Conveyance } from '../../contract/report.ts'
import type { PeerTrust } from '../../contract/transfer.ts'
import type { ProvedIdentity } from './proved.ts'
import { RECENT_DEVICES } from '../../contract/settings.ts'
import type { SettingsStore } from '../store/settings.ts'

/** Stores that a device's transfers are accepted without a prompt. Throws `no-permission`, `disk-full`, `io`. */
export type AlwaysAccept = () => Promise<void>

/** Decides what a device may do. Only a {@link ProvedIdentity} is looked up or stored. */
export class Trust {
  readonly #settings: SettingsStore

  constructor(settings: SettingsStore) {
    this.#settings = settings
  }

  /** Whether a transfer with this device was completed before. It permits nothing. */
  isRecent({ fingerprint }: ProvedIdentity): boolean {
    return this.#settings.current.recent.some((device) => device.fingerprint === fingerprint)
  }

  /** Whether the user always accepts this device's transfers of this kind (encrypted or not). */
  isAlwaysAccepted({ fingerprint }: ProvedIdentity, conveyance: Conveyance): boolean {
    const { alwaysAccept } = this.#settings.current
    const device = Object.hasOwn(alwaysAccept, fingerprint) ? alwaysAccept[fingerprint] : undefined
    return device !== undefined && (!isClear(conveyance) || device.allowClear)
  }

  /** Whether a transfer with this device was completed before, or its transfers are always accepted. */
  isKnown(identity: ProvedIdentity): boolean {
    return this.isRecent(identity) || this.isAlwaysAccepted(identity, TLS_BODY)
  }

  /** What a shell shows about the device that sent an offer; null for a device without a proved identity. */
  of(identity: ProvedIdentity | null, conveyance: Conveyance): PeerTrust {
    if (identity === null) return { fingerprint: '', proved: false, recent: false, alwaysAccept: false }
    return {
      fingerprint: identity.fingerprint,
      proved: true,
      recent: this.isRecent(identity),
      alwaysAccept: this.isAlwaysAccepted(identity, conveyance),
    }
  }

  /**
   * Accepts a device's transfers from now on; unencrypted ones only if this one is unencrypted. Null for a device without a
   * proved identity.
   */
  alwaysAcceptOf(
    identity: ProvedIdentity | null,
    alias: string,
    conveyance: Conveyance,
  ): AlwaysAccept | null {
    if (identity === null) return null
    const { fingerprint } = identity
    return async () => {
      await this.#settings.update(({ alwaysAccept }) => {
        const before = Object.hasOwn(alwaysAccept, fingerprint) ? alwaysAccept[fingerprint] : undefined
        const device = {
          alias,
          since: before?.since ?? new Date().toISOString(),
          allowClear: isClear(conveyance) || before?.allowClear === true,
        }
        return { alwaysAccept: { ...alwaysAccept, [fingerprint]: device } }
      })
    }
  }

  /** Stores a device after a completed transfer. If there are too many, the oldest is dropped. */
  async exchanged({ fingerprint }: ProvedIdentity, alias: string): Promise<void> {
    const device = { fingerprint, alias, at: new Date().toISOString() }
    await this.#settings.update(({ recent }) => ({
      recent: [device, ...recent.filter((other) => other.fingerprint !== fingerprint)].slice(
        0,
        RECENT_DEVICES,
      ),
    }))
  }
}
