import type { Asked } from '../../main/contract/ipc.ts'
import type { ListedDevice } from '../../main/contract/device.ts'
import { ask } from '../bridge.ts'
import { useSettings } from './settings.ts'
import { useTransfers } from './transfers.ts'
import { notify } from './ui.ts'

/** Whether a device takes transfers that are not encrypted. */
export function takesClear(device: ListedDevice): boolean {
  return device.penstock?.security.includes('clear') === true
}

/** Offers the paths to a device; the new transfer is selected. False where it could not even begin. */
export async function send(request: Asked<'send'>): Promise<boolean> {
  const result = await ask('send', request)
  if (!result.ok) {
    notify(result.problem)
    return false
  }
  useTransfers.setState({ selected: result.value.key })
  return true
}

/** Copies the paths to a folder on this computer; the new transfer is selected. False where it could not even begin. */
export async function copy(request: Asked<'copy'>): Promise<boolean> {
  const result = await ask('copy', request)
  if (!result.ok) {
    notify(result.problem)
    return false
  }
  useTransfers.setState({ selected: result.value.key })
  return true
}

/** A drop on a device: as the settings say, encrypted where it takes nothing else. */
export async function sendAsSet(paths: readonly string[], device: ListedDevice): Promise<boolean> {
  const { security, technique, bufferBytes } = useSettings.getState().settings
  const clear = security === 'clear' && takesClear(device)
  return send({
    paths: [...paths],
    to: device.id,
    security: clear ? 'clear' : 'encrypted',
    technique: clear ? technique : 'auto',
    bufferBytes,
    pin: null,
  })
}
