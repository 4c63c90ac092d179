import { isClear, TLS_BODY, type Conveyance } from '../../contract/report.ts'
import type { PeerTrust } from '../../contract/transfer.ts'
import type { ProvedIdentity } from './proved.ts'
import { RECENT_DEVICES } from '../../contract/settings.ts'
import type { SettingsStore } from '../store/settings.ts'

/** Stores that a device's transfers are accepted without a question. Throws `no-permission`, `disk-full`, `io`. */
export type AlwaysAccept = () => Promise<void>

/** Answers every question about what a device may do. Only a {@link ProvedIdentity} is looked up or stored. */
export class Trust {
  readonly #settings: SettingsStore

  constructor(settings: SettingsStore) {
    this.#settings = settings
  }

  /** Whether a transfer with this device was completed before. It permits nothing. */
  isRecent({ fingerprint }: ProvedIdentity): boolean {
    return this.#settings.current.recent.some((device) => device.fingerprint === fingerprint)
  }

  /** Whether the user always accepts this device's transfers that are encrypted, or not, as this one. */
  isAlwaysAccepted({ fingerprint }: ProvedIdentity, conveyance: Conveyance): boolean {
    const { alwaysAccept } = this.#settings.current
    const device = Object.hasOwn(alwaysAccept, fingerprint) ? alwaysAccept[fingerprint] : undefined
    return device !== undefined && (!isClear(conveyance) || device.allowClear)
  }

  /** Whether a transfer with this device was completed before, or its transfers are always accepted. */
  isKnown(identity: ProvedIdentity): boolean {
    return this.isRecent(identity) || this.isAlwaysAccepted(identity, TLS_BODY)
  }

  /** What a shell is shown of the device that an offer came from; null for a device that proved nothing. */
  of(identity: ProvedIdentity | null, conveyance: Conveyance): PeerTrust {
    if (identity === null) return { fingerprint: '', proved: false, recent: false, alwaysAccept: false }
    return {
      fingerprint: identity.fingerprint,
      proved: true,
      recent: this.isRecent(identity),
      alwaysAccept: this.isAlwaysAccepted(identity, conveyance),
    }
  }

  /** The means to accept a device's transfers always; unencrypted ones only where this one is. Null for a device that proved nothing. */
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

  /** Remembers a device after a transfer that is done; the oldest one goes where there are too many. */
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
