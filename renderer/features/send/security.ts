import type { ListedDevice } from '../../../main/contract/device.ts'
import { takesClear } from '../../state/send.ts'

export type SendSecurity = 'encrypted' | 'clear'

/** What the user chose in this sheet, and for which device. */
export interface Chosen {
  readonly security: SendSecurity
  readonly id: string | null
}

/** What a sheet offers for its device. */
export interface Terms {
  readonly security: SendSecurity
  /** The device is reached by plain HTTP: encrypted is not possible, and no PIN is sent. */
  readonly plainHttp: boolean
  readonly mayBeClear: boolean
  /** Techniques and buffers have a choice: the bytes go over the data channel, not encrypted. */
  readonly hasTechniques: boolean
}

/**
 * What holds for a device. To one that is reached by plain HTTP, unencrypted is never a default: neither that of the
 * settings nor what was chosen for another device.
 */
export function termsFor(
  device: ListedDevice | undefined,
  chosen: Chosen | null,
  byDefault: SendSecurity,
): Terms {
  const plainHttp = device?.protocol === 'http'
  const mayBeClear = device === undefined || plainHttp || takesClear(device)
  const forThis = chosen !== null && (!plainHttp || chosen.id === device.id) ? chosen.security : null
  const wanted = forThis ?? (plainHttp ? 'encrypted' : byDefault)
  const security = mayBeClear ? wanted : 'encrypted'
  return { security, plainHttp, mayBeClear, hasTechniques: security === 'clear' && !plainHttp }
}
