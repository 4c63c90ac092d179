import type { ListedDevice } from '../../../main/contract/device.ts'
import { takesClear } from '../../state/send.ts'

export type SendSecurity = 'encrypted' | 'clear'

/** The user's choice in this sheet, and its device. */
export interface Chosen {
  readonly security: SendSecurity
  readonly id: string | null
}

/** What a sheet offers for its device. */
export interface Terms {
  readonly security: SendSecurity
  /** The device uses plain HTTP: encryption is not possible, and no PIN is sent. */
  readonly plainHttp: boolean
  readonly mayBeClear: boolean
  /** Techniques can be chosen: the bytes use streams of the engine. */
  readonly hasTechniques: boolean
}

/**
 * The options for a device. For one that uses plain HTTP, unencrypted is never a default: neither the setting nor a choice
 * made for another device applies.
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
  const cipher = security === 'clear' ? 'none' : 'sealed'
  const hasTechniques =
    device === undefined || (!plainHttp && device.penstock?.ciphers.includes(cipher) === true)
  return { security, plainHttp, mayBeClear, hasTechniques }
}
