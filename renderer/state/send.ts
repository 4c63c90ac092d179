import { whyNotSecured } from '../../main/contract/carries.ts'
import type { RequestOf, Result } from '../../main/contract/ipc.ts'
import type { ListedDevice } from '../../main/contract/device.ts'
import { invoke } from '../bridge.ts'
import { useSettings } from './settings.ts'
import { useTransfers } from './transfers.ts'
import { notify } from './ui.ts'

/** Whether a device accepts unencrypted transfers. */
export function takesClear(device: ListedDevice): boolean {
  return device.penstock?.ciphers.includes('none') === true
}

/** Selects the new transfer. False if it could not begin. */
async function started(asked: Promise<Result<{ readonly key: string }>>): Promise<boolean> {
  const result = await asked
  if (result.ok) useTransfers.setState({ selected: result.value.key })
  else notify(result.problem)
  return result.ok
}

/** Offers the paths to a device and selects the new transfer. False if it could not begin. */
export function send(request: RequestOf<'send'>): Promise<boolean> {
  return started(invoke('send', request))
}

/** Copies the paths to a folder on this computer and selects the new transfer. False if it could not begin. */
export function copy(request: RequestOf<'copy'>): Promise<boolean> {
  return started(invoke('copy', request))
}

/** Sends a drop to a device by the settings, or encrypted if the device requires it. */
export async function sendAsSet(paths: readonly string[], device: ListedDevice): Promise<boolean> {
  const { security, technique, bufferBytes } = useSettings.getState().settings
  const secured = security === 'clear' && takesClear(device) ? 'clear' : 'encrypted'
  const suits = technique === 'auto' || whyNotSecured(secured, technique) === null
  return send({
    paths: [...paths],
    to: device.id,
    security: secured,
    technique: suits ? technique : 'auto',
    dontcache: false,
    bufferBytes,
    pin: null,
    otherDevice: false,
  })
}
