import type { Answered, RequestOf } from '../../contract/ipc.ts'
import type { PairingView } from '../../contract/pairing.ts'
import type { Device } from '../../contract/device.ts'
import type { TrustedDevice } from '../../contract/trust.ts'
import type { Pairing, Penstock } from '../../core/index.ts'

export interface TrustHooks {
  find(id: string): Device
  /** The list of trusted devices has changed. */
  readonly trustedChanged: (devices: readonly TrustedDevice[]) => void
  readonly pairingsChanged: (pairings: readonly PairingView[]) => void
  /** Another device requests a pairing. */
  readonly requested: (pairing: PairingView) => void
}

/** The trusted devices and the pairings of the window. An ended pairing stays until the user has seen it. */
export class TrustedService {
  readonly #penstock: Pick<Penstock, 'trusted' | 'pairing'>
  readonly #hooks: TrustHooks
  readonly #pairings = new Map<string, Pairing>()
  readonly #wasOpened = new Set<string>()

  constructor(penstock: Pick<Penstock, 'trusted' | 'pairing'>, hooks: TrustHooks) {
    this.#penstock = penstock
    this.#hooks = hooks
    penstock.trusted.onChange(() => {
      hooks.trustedChanged(penstock.trusted.list())
    })
    penstock.pairing.onRequest((pairing) => {
      this.#follow(pairing)
      hooks.requested(pairing.view())
    })
  }

  list(): Answered<'trusted'> {
    return [...this.#penstock.trusted.list()]
  }

  pairings(): readonly PairingView[] {
    return [...this.#pairings.values()].map((pairing) => pairing.view())
  }

  /** Throws `pairing-unsupported`, `pairing-busy`, `pairing-locked`, `peer-not-found`. */
  pair(to: string): void {
    this.#follow(this.#penstock.pairing.start(this.#hooks.find(to)))
  }

  /** No effect on a pairing that is no longer shown. Throws `pairing-busy`. */
  answer({ id, answer }: RequestOf<'answerPairing'>): void {
    const pairing = this.#pairings.get(id)
    if (pairing === undefined) return
    switch (answer) {
      case 'open':
        pairing.open()
        break
      case 'confirm':
        pairing.confirm()
        break
      case 'decline':
        pairing.decline()
        this.#close(id)
        break
      case 'close':
        if (isOver(pairing)) this.#close(id)
    }
  }

  async change({ fingerprint, change }: RequestOf<'changeTrusted'>): Promise<void> {
    const { name, alwaysAccept, mayClear } = change
    await this.#penstock.trusted.change(fingerprint, {
      ...(name === undefined ? {} : { name }),
      ...(alwaysAccept === undefined ? {} : { alwaysAccept }),
      ...(mayClear === undefined ? {} : { mayClear }),
    })
  }

  forget(fingerprint: string): Promise<void> {
    return this.#penstock.trusted.forget(fingerprint)
  }

  #follow(pairing: Pairing): void {
    this.#pairings.set(pairing.id, pairing)
    pairing.onChange(() => {
      // A request that is withdrawn before the user opened it has nothing more to show.
      const { asked, state } = pairing.view()
      if (asked && state.kind === 'ended' && !this.#wasOpened.has(pairing.id)) this.#close(pairing.id)
      else {
        if (state.kind !== 'requested') this.#wasOpened.add(pairing.id)
        this.#changed()
      }
    })
    this.#changed()
  }

  #close(id: string): void {
    this.#pairings.delete(id)
    this.#wasOpened.delete(id)
    this.#changed()
  }

  #changed(): void {
    this.#hooks.pairingsChanged(this.pairings())
  }
}

function isOver(pairing: Pairing): boolean {
  const { kind } = pairing.view().state
  return kind === 'paired' || kind === 'ended'
}
