import type { TrustedDevice } from '../../../main/contract/trust.ts'
import { TrustedDevices } from '../../../main/core/device/trusted-devices.ts'
import type { Recognise } from '../../../main/core/discovery/registry.ts'

/** Trusted devices in memory. */
export function trustedInMemory(devices: readonly TrustedDevice[] = []): TrustedDevices {
  const store = {
    devices,
    update(change: (now: readonly TrustedDevice[]) => readonly TrustedDevice[]) {
      store.devices = change(store.devices)
      return Promise.resolve()
    },
  }
  return new TrustedDevices(store)
}

/** A device as the user trusts it. */
export function trustedDevice(fields: Partial<TrustedDevice> = {}): TrustedDevice {
  return {
    ...{ fingerprint: 'ab'.repeat(32), name: 'Office', alias: 'Office', addresses: [] },
    ...{ since: '2026-01-01T00:00:00.000Z', alwaysAccept: false, mayClear: false },
    ...fields,
  }
}

/** Knows nothing of any device but, perhaps, that it was seen before. */
export function strangers(
  isRecent: (identity: Parameters<Recognise>[0]) => boolean = () => false,
): Recognise {
  return (identity, { alias }) => ({ alias, recent: isRecent(identity), trusted: false, namesake: null })
}
