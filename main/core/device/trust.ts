import { isClear, type Conveyance } from '../../contract/report.ts'
import { RECENT_DEVICES } from '../../contract/settings.ts'
import type { PeerTrust } from '../../contract/transfer.ts'
import { trustedName, type BoundAddress, type TrustedDevice } from '../../contract/trust.ts'
import type { SettingsStore } from '../store/settings.ts'
import { nameKey } from './names.ts'
import type { ProvedIdentity } from './proved.ts'
import { bindTo, type TrustedDevices } from './trusted-devices.ts'

/** Trusts a device and stores that its transfers are accepted without a prompt. Throws `no-permission`, `disk-full`, `io`. */
export type AlwaysAccept = () => Promise<void>

/** The name and address under which a device appears. */
export interface Appearance {
  /** The name that the device gives itself. */
  readonly alias: string
  readonly host: string
  /** Its control port; null for a device that connected from `host`. */
  readonly port: number | null
}

/** What the user knows of a device. */
export interface Recognised {
  /** The name that the user knows, else the one that the device gives itself. */
  readonly alias: string
  /** Whether a transfer with it was completed before. It permits nothing. */
  readonly recent: boolean
  readonly trusted: boolean
  /** Name of the trusted device whose name or address this one uses under another key; null if there is none. */
  readonly namesake: string | null
}

/** Decides what a device may do. Only a {@link ProvedIdentity} is looked up. */
export class Trust {
  readonly #settings: SettingsStore
  readonly #devices: TrustedDevices

  constructor(settings: SettingsStore, devices: TrustedDevices) {
    this.#settings = settings
    this.#devices = devices
  }

  /** Whether a transfer with this device was completed before. It permits nothing. */
  isRecent({ fingerprint }: ProvedIdentity): boolean {
    return this.#settings.current.recent.some((device) => device.fingerprint === fingerprint)
  }

  isTrusted(identity: ProvedIdentity): boolean {
    return this.#of(identity) !== null
  }

  /** Whether the user always accepts this device's transfers of this kind (encrypted or not). */
  isAlwaysAccepted(identity: ProvedIdentity, conveyance: Conveyance): boolean {
    const device = this.#of(identity)
    return device !== null && device.alwaysAccept && (device.mayClear || !isClear(conveyance))
  }

  /** Whether this device may send unencrypted to a receiver that does not permit it to others. */
  maySendClear(identity: ProvedIdentity): boolean {
    return this.#of(identity)?.mayClear === true
  }

  /** Whether a transfer with this device was completed before, or it is trusted. */
  isKnown(identity: ProvedIdentity): boolean {
    return this.isRecent(identity) || this.isTrusted(identity)
  }

  /** What the user knows of a device with this proved identity, or with none, that appears so. */
  recognise(identity: ProvedIdentity | null, appearance: Appearance): Recognised {
    const device = identity && this.#of(identity)
    return {
      alias: device === null ? appearance.alias : (device.name ?? appearance.alias),
      recent: identity !== null && this.isRecent(identity),
      trusted: device !== null,
      namesake: device === null ? this.#namesake(appearance) : null,
    }
  }

  /** What a shell shows about the device that sent an offer. */
  of(identity: ProvedIdentity | null, conveyance: Conveyance, appearance: Appearance): PeerTrust {
    return {
      ...this.recognise(identity, appearance),
      fingerprint: identity?.fingerprint ?? '',
      proved: identity !== null,
      alwaysAccept: identity !== null && this.isAlwaysAccepted(identity, conveyance),
    }
  }

  /**
   * Trusts a device and accepts its transfers from now on; unencrypted ones only if this one is unencrypted. Null for a
   * device without a proved identity, and for one that uses the name or address of a trusted device.
   */
  alwaysAcceptOf(
    identity: ProvedIdentity | null,
    conveyance: Conveyance,
    appearance: Appearance,
  ): AlwaysAccept | null {
    if (identity === null || this.recognise(identity, appearance).namesake !== null) return null
    const { fingerprint } = identity
    return async () => {
      await this.#devices.trust(fingerprint, appearance.alias)
      await this.#devices.change(fingerprint, {
        alwaysAccept: true,
        ...(isClear(conveyance) ? { mayClear: true } : {}),
      })
      await this.seen(identity, appearance)
    }
  }

  /** Binds the name and address under which a trusted device proved its identity to its fingerprint. */
  async seen(identity: ProvedIdentity, appearance: Appearance): Promise<void> {
    const device = this.#of(identity)
    if (device === null || bindTo(device, appearance, this.#devices.list()) === device) return
    await this.#devices.bind(identity.fingerprint, appearance)
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

  #of({ fingerprint }: ProvedIdentity): TrustedDevice | null {
    return this.#devices.list().find((device) => device.fingerprint === fingerprint) ?? null
  }

  #namesake({ alias, host, port }: Appearance): string | null {
    const key = nameKey(alias)
    const found = this.#devices.list().find((device) => {
      const names = [device.name, device.alias].filter((name) => name !== null)
      return names.some((name) => nameKey(name) === key) || device.addresses.some(isAt({ host, port }))
    })
    return found === undefined ? null : trustedName(found)
  }
}

/**
 * Whether a bound address is this one. A device that connects has an arbitrary port, so only its host counts, unless that is
 * this machine's loopback address, which all programs here share.
 */
function isAt({ host, port }: BoundAddress): (bound: BoundAddress) => boolean {
  const isShared = /^(127\.|::1$)/u.test(host)
  return (bound) =>
    bound.host === host && (port === null || bound.port === null ? !isShared : bound.port === port)
}
