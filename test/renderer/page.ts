import { cleanup } from '@testing-library/react'
import { afterEach, beforeEach, vi } from 'vitest'
import { useDevices } from '../../renderer/state/devices.ts'
import { useOffers } from '../../renderer/state/offers.ts'
import { useTransfers } from '../../renderer/state/transfers.ts'
import { useUi } from '../../renderer/state/ui.ts'

/** Begins each test with empty stores and an empty page of this height, whose rows are 80 pixels high. */
export function eachOnNewPage(height: number): void {
  beforeEach(() => {
    useTransfers.setState(useTransfers.getInitialState())
    useUi.setState(useUi.getInitialState())
    useDevices.setState(useDevices.getInitialState())
    useOffers.setState(useOffers.getInitialState())
    // happy-dom has no layout.
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(height)
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(80)
  })
  afterEach(() => {
    cleanup()
    vi.restoreAllMocks()
  })
}
