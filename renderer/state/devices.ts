import { create } from 'zustand'
import type { ListedDevice } from '../../main/contract/device.ts'
import { invoke } from '../bridge.ts'
import { notify } from './ui.ts'

interface DevicesState {
  readonly devices: readonly ListedDevice[]
}

/** The devices nearby. */
export const useDevices = create<DevicesState>(() => ({ devices: [] }))

/** Lists a device that the user found by address, until the next batch includes it. */
export function listDevice(device: ListedDevice): void {
  useDevices.setState(({ devices }) => ({
    devices: [...devices.filter(({ id }) => id !== device.id), device],
  }))
}

/** Starts the second receiver of this application; resolves with it, or null if it did not start. */
export async function tryHere(): Promise<ListedDevice | null> {
  const result = await invoke('tryHere', {})
  if (!result.ok) {
    notify(result.problem)
    return null
  }
  listDevice(result.value)
  return result.value
}
