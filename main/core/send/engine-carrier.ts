import { addon, type EngineTechnique, type Sender } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import type { MapOption, Choice, SendTechnique, Technique } from '../../contract/technique.ts'
import { fallbackOrder, type PlanFacts, planSend, SEND_ORDER } from '../plan/plan.ts'
import { assertSendWish } from '../plan/wish.ts'
import type { RouteOfBytes } from '../report/copies.ts'
import type { Carrier, Progress } from '../transfer/carrier.ts'
import { engineProgress, sealingOf } from '../transfer/sealing.ts'

/** Options of an engine that sends. */
export interface SendingEngineOptions {
  /** The facts for the choice of a technique; their conveyance is the carrier's. */
  readonly facts: PlanFacts
  readonly choice: Choice<SendTechnique>
  /** Buffer of `readwrite` in bytes. */
  readonly bufferBytes: number
  readonly mapOptions?: readonly MapOption[]
  readonly dontcache?: boolean
  readonly check: boolean
  readonly streams: number
  readonly route: RouteOfBytes | null
}

/** The engine's sender of one attempt, over streams or in a request body. */
export class SendingEngine implements Carrier<SendTechnique> {
  readonly sender: Sender
  readonly check: boolean
  readonly streams: number
  readonly route: RouteOfBytes | null
  readonly #facts: PlanFacts
  #choice: Choice<SendTechnique>

  /** Throws `technique-unavailable`. */
  constructor(options: SendingEngineOptions) {
    const { facts, choice, bufferBytes, mapOptions, check, streams, route } = options
    const { send: supported } = addon.supportedTechniques()
    this.check = check
    this.streams = streams
    this.route = route
    this.#facts = facts
    this.#choice = choice
    this.sender = addon.createSender({
      technique: supportedBy(supported, choice.technique),
      fallback: fallbackOrder(choice, SEND_ORDER, supported).map((name) => supportedBy(supported, name)),
      bufferBytes,
      check,
      ...sealingOf(facts.conveyance),
      ...(mapOptions === undefined ? {} : { mapOptions }),
      dontCache: options.dontcache ?? choice.dontcache === true,
    })
  }

  get choice(): Choice<SendTechnique> {
    return this.#choice
  }

  progress(): Progress {
    return engineProgress(this.#facts.conveyance, this.sender.sample())
  }

  setTechnique(technique: Technique): void {
    const wanted = sendingTechnique(technique)
    assertSendWish(this.#facts, wanted)
    this.sender.setTechnique(supportedBy(addon.supportedTechniques().send, technique))
    this.#choice = planSend(this.#facts, wanted)
  }

  cancel(): void {
    this.sender.cancel('cancelled')
  }
}

function sendingTechnique(technique: Technique): SendTechnique {
  switch (technique) {
    case 'unseal':
    case 'clone':
    case 'copyrange':
    case 'copyfile':
      throw new PenstockError('technique-unavailable', { technique, why: 'sender' })
    default:
      return technique
  }
}

function supportedBy(supported: readonly EngineTechnique[], technique: Technique): EngineTechnique {
  const found = supported.find((name) => name === technique)
  if (!found) throw new PenstockError('technique-unavailable', { technique, why: process.platform })
  return found
}
