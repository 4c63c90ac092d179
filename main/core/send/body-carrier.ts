import { PenstockError } from '../../contract/errors.ts'
import type { Conveyance } from '../../contract/report.ts'
import type { Choice, SendTechnique, Technique } from '../../contract/technique.ts'
import type { Carrier } from '../transfer/carrier.ts'

/** Request bodies to a LocalSend device, one per file. The signal of the attempt ends the requests. */
export class SendingBody implements Carrier<SendTechnique> {
  readonly check = false
  readonly route = null
  readonly streams: number
  readonly choice: Choice<SendTechnique>
  readonly #conveyance: Conveyance
  readonly #progress: { readonly bytes: number; readonly files: number }

  /**
   * @param streams concurrent requests
   * @param progress returns the current counts
   */
  constructor(
    conveyance: Conveyance,
    streams: number,
    progress: { readonly bytes: number; readonly files: number },
  ) {
    this.#conveyance = conveyance
    this.streams = streams
    this.choice = {
      technique: 'readwrite',
      reason: { code: conveyance.cipher === 'none' ? 'body-in-node' : 'encrypted-in-node' },
      rejected: [],
    }
    this.#progress = progress
  }

  progress(): ReturnType<Carrier['progress']> {
    return { conveyance: this.#conveyance, ...this.#progress, sample: null }
  }

  setTechnique(technique: Technique): void {
    throw new PenstockError('technique-unavailable', { technique, why: this.#conveyance.carrier })
  }

  cancel(): void {
    // The attempt's signal ends the requests; the code that runs them closes the session.
  }
}
