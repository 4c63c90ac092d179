import { addon, type Copier, type CopierSample } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import { LOCAL_COPY, type Durability } from '../../contract/report.ts'
import { COPY_TECHNIQUES, type Choice, type CopyTechnique, type Technique } from '../../contract/technique.ts'
import type { TransferView } from '../../contract/transfer.ts'
import { COPY_ORDER } from '../plan/copy-plan.ts'
import { countLocalCopies, type LocalCopyFacts } from '../report/local-copies.ts'
import { mainTechnique, reasonFor } from '../report/local-report.ts'
import type { Staging } from '../target/staging.ts'
import type { Carrier, Progress } from '../transfer/carrier.ts'

/** Facts about the source and the target of a copy. */
export type CopyPlace = Pick<LocalCopyFacts, 'sharesBlocks' | 'sourceType' | 'targetType'>

/** One copy on this machine, run by the engine's copier. */
export class LocalCarrier implements Carrier<CopyTechnique> {
  readonly check = false
  readonly streams = 0
  readonly route = null
  readonly copier: Copier
  readonly place: CopyPlace
  /** The plan's choice. */
  readonly planned: Choice<CopyTechnique>

  constructor(staging: Staging, planned: Choice<CopyTechnique>, place: CopyPlace, durability: Durability) {
    const supported = addon.copyTechniques()
    this.planned = planned
    this.place = place
    this.copier = addon.createCopier({
      staging: staging.folder,
      technique: planned.technique,
      fallback: COPY_ORDER.filter((one) => one !== planned.technique && supported.includes(one)),
      durability,
    })
  }

  get choice(): Choice<CopyTechnique> {
    return this.#choiceAt(this.copier.sample())
  }

  /** The part of a view that follows from the carrier, all from one sample. */
  view(): Pick<TransferView, 'bytes' | 'files' | 'choice' | 'copies' | 'counters'> {
    const sample = this.copier.sample()
    const { bytes, filesDone: files, syscalls, contextSwitches, cpuSeconds, userCopyBytes } = sample
    return {
      ...{ bytes, files },
      choice: this.#choiceAt(sample),
      copies: countLocalCopies({ ...this.place, ...sample }),
      counters: { syscalls, contextSwitches, cpuSeconds, userCopyBytes, kernelCopiedBytes: null },
    }
  }

  progress(): Progress {
    const { bytes, filesDone: files } = this.copier.sample()
    return { conveyance: LOCAL_COPY, bytes, files, sample: null }
  }

  setTechnique(technique: Technique): void {
    const wanted = addon.copyTechniques().find((name) => name === technique)
    if (wanted === undefined) throw new PenstockError('technique-unavailable', { technique })
    this.copier.setTechnique(wanted)
  }

  cancel(): void {
    this.copier.cancel()
  }

  /** The technique that has carried the bytes so far, or the planned one. */
  #choiceAt(sample: CopierSample): Choice<CopyTechnique> {
    const moved = COPY_TECHNIQUES.some((one) => sample.bytesBy[one] > 0)
    const technique = moved ? mainTechnique(sample) : this.planned.technique
    return { ...this.planned, technique, reason: reasonFor(sample, this.planned) }
  }
}
