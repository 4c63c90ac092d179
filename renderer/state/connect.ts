import type { Batch } from '../../main/contract/ipc.ts'
import { invoke, onBatch } from '../bridge.ts'
import { takeComparing } from './compare.ts'
import { useDevices } from './devices.ts'
import { takeOffers } from './offers.ts'
import { useSettings } from './settings.ts'
import { useTrust } from './trust.ts'
import { takeTransfers, useTransfers } from './transfers.ts'
import { notify, takeOpened, useUi } from './ui.ts'

/** Distributes a batch to the stores. */
export function takeBatch({ self, settings, devices, transfers, offers, opened, ...rest }: Batch): void {
  const { comparing, closing, trouble, pairings, trusted } = rest
  if (pairings) useTrust.setState({ pairings })
  if (trusted) useTrust.setState({ trusted })
  if (self) useSettings.setState({ self })
  if (settings) useSettings.setState({ settings })
  if (devices) useDevices.setState({ devices })
  if (comparing !== undefined) takeComparing(comparing)
  if (offers) takeOffers(offers)
  if (transfers) takeTransfers(transfers)
  if (closing !== undefined) useUi.setState({ closing })
  if (trouble !== undefined) useUi.setState({ trouble })
  if (opened) void takeOpened(opened)
}

/** Fills the stores and follows changes; returns the function that stops it. */
export async function connect(): Promise<() => void> {
  const end = onBatch(takeBatch)
  const whole = await invoke('open', {})
  if (whole.ok) {
    useSettings.setState({ techniques: whole.value.techniques })
    useTransfers.setState({ earlier: whole.value.earlier })
    takeBatch(whole.value)
  } else {
    notify(whole.problem)
  }
  return end
}
