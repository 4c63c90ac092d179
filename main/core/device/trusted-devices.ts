import { ALIAS_MAX, cutAlias, isAlias } from '../../contract/alias.ts'
import { PenstockError } from '../../contract/errors.ts'
import { TRUSTED_LIMITS, trustedName, type TrustedChange, type TrustedDevice } from '../../contract/trust.ts'
import type { TrustedStore } from '../store/trusted.ts'
import { nameKey } from './names.ts'
import type { Appearance } from './trust.ts'

const FINGERPRINT_START = /^[0-9a-f]{8,64}$/u

/** The user's decisions about trusted devices. Every change throws `state-unreadable`, `no-permission`, `disk-full`, `io`. */
export class TrustedDevices {
  readonly #store: Pick<TrustedStore, 'devices' | 'update'>
  readonly #listeners = new Set<() => void>()

  constructor(store: Pick<TrustedStore, 'devices' | 'update'>) {
    this.#store = store
  }

  list(): readonly TrustedDevice[] {
    return this.#store.devices
  }

  /** Called after each change of this process; returns a function that removes the listener. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The device of this name, or with this fingerprint or its start (8 digits or more). Throws `not-trusted`, `peer-ambiguous`. */
  find(to: string): TrustedDevice {
    const all = this.list()
    const digits = to.replaceAll(/[\s:]/gu, '').toLowerCase()
    const key = nameKey(to)
    const byFingerprint = FINGERPRINT_START.test(digits)
      ? all.filter(({ fingerprint }) => fingerprint.startsWith(digits))
      : []
    const byName = all.filter((device) => nameKey(trustedName(device)) === key)
    const [first, ...others] = byFingerprint.length > 0 ? byFingerprint : byName
    if (first === undefined) throw new PenstockError('not-trusted', { to })
    if (others.length === 0) return first
    const fingerprints = [first, ...others].map(({ fingerprint }) => fingerprint).join(', ')
    throw new PenstockError('peer-ambiguous', { to, fingerprints })
  }

  /** Trusts a device. A name that another trusted device has gets a number. No effect on a trusted device. */
  async trust(fingerprint: string, name: string | null): Promise<void> {
    await this.#update((devices) => {
      if (devices.some((device) => device.fingerprint === fingerprint)) return devices
      return [
        ...devices,
        {
          ...{
            fingerprint,
            name: name === null ? null : freeName(name, devices),
            alias: null,
            addresses: [],
          },
          ...{ since: new Date().toISOString(), alwaysAccept: false, mayClear: false },
        },
      ]
    })
  }

  /** Throws `not-trusted`, and `usage` for a name that another trusted device has. */
  async change(fingerprint: string, { name, alwaysAccept, mayClear }: TrustedChange): Promise<void> {
    await this.#update((devices) => {
      const others = devices.filter((device) => device.fingerprint !== fingerprint)
      if (others.length === devices.length)
        throw new PenstockError('not-trusted', { to: fingerprint.slice(0, 16) })
      if (name !== undefined && (!isAlias(name) || freeName(name, others) !== name))
        throw new PenstockError('usage', { why: 'name-in-use', value: name })
      return devices.map((device) =>
        device.fingerprint === fingerprint
          ? {
              ...device,
              ...{ name: name ?? device.name, alwaysAccept: alwaysAccept ?? device.alwaysAccept },
              mayClear: mayClear ?? device.mayClear,
            }
          : device,
      )
    })
  }

  /** No effect on a device that is not trusted. */
  async forget(fingerprint: string): Promise<void> {
    await this.#update((devices) => devices.filter((device) => device.fingerprint !== fingerprint))
  }

  /** Binds the name and address under which a device proved its identity to its fingerprint. */
  async bind(fingerprint: string, appearance: Appearance): Promise<void> {
    await this.#update((devices) =>
      devices.map((device) =>
        device.fingerprint === fingerprint ? bindTo(device, appearance, devices) : device,
      ),
    )
  }

  async #update(change: (devices: readonly TrustedDevice[]) => readonly TrustedDevice[]): Promise<void> {
    await this.#store.update(change)
    for (const listener of [...this.#listeners]) listener()
  }
}

/** The device with this name and address bound to it; the same object if they are already. */
export function bindTo(
  device: TrustedDevice,
  { alias, host, port }: Appearance,
  all: readonly TrustedDevice[],
): TrustedDevice {
  const isBound = device.addresses.some((one) => one.host === host && (port === null || one.port === port))
  if (device.name !== null && device.alias === alias && isBound) return device
  const others = all.filter((one) => one.fingerprint !== device.fingerprint)
  const without = device.addresses.filter((one) => one.host !== host || one.port !== port)
  const addresses = isBound ? device.addresses : [{ host, port }, ...without]
  return {
    ...device,
    name: device.name ?? freeName(alias, others),
    alias,
    addresses: addresses.slice(0, TRUSTED_LIMITS.addresses),
  }
}

/** This name, with a number if it is the name of one of these devices. */
export function freeName(wanted: string, devices: readonly TrustedDevice[]): string {
  const taken = new Set(devices.flatMap(({ name, alias }) => [nameKey(name ?? ''), nameKey(alias ?? '')]))
  const whole = cutAlias(wanted) || 'Penstock'
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : ` (${number})`
    const name = `${cutAlias(
      Array.from(whole)
        .slice(0, ALIAS_MAX - suffix.length)
        .join(''),
    )}${suffix}`
    if (!taken.has(nameKey(name))) return name
  }
}
