import type { Comparison, Lead } from '../contract/compare.ts'
import { variantName } from './comparison.ts'
import { format } from './format.ts'
import { catalogue } from './index.ts'
import type { Language } from './language.ts'

function leadText(lead: Lead, template: string, language: Language): string {
  const params = {
    winner: variantName(lead.variant),
    next: variantName(lead.next),
    timesNext: lead.timesNext.toFixed(2),
    ...(variantName(lead.worst) === variantName(lead.next)
      ? {}
      : { worst: variantName(lead.worst), timesWorst: lead.timesWorst.toFixed(2) }),
  }
  return format(template, params, language)
}

/** The receiver that a comparison measures against. */
export function againstSentence({ peer }: Pick<Comparison, 'peer'>, language: Language): string {
  const { toHere, toPeer } = catalogue(language).compare
  return peer === null ? toHere : format(toPeer, { peer }, language)
}

/** What the figures of a preset do not show where the received files lie in memory; null if they do. */
export function memorySentence({ preset, fileSystem }: Comparison, language: Language): string | null {
  const inMemory = fileSystem === 'tmpfs' || fileSystem === 'ramfs'
  return preset === 'durability' && inMemory ? catalogue(language).compare.inMemory : null
}

/** The winner by rate and by the sender's CPU time, or that there is none: one sentence each, and why if it is clear. */
export function verdictSentences({ verdict, rows }: Comparison, language: Language): string[] {
  const words = catalogue(language).compare
  const { rate, cpu } = verdict
  const sentences: string[] = []
  if (rate) sentences.push(leadText(rate, words.rateLead[rate.certainty], language))
  if (!cpu) return sentences
  sentences.push(leadText(cpu, words.cpuLead[cpu.certainty], language))
  const winner = variantName(cpu.variant)
  const report = rows.find(({ variant }) => variantName(variant) === winner)?.report
  if (cpu.certainty === 'clear' && report?.copies && report.userCopyBytes !== null) {
    const { cpu: copied, cipherPasses } = report.copies
    const passes = cipherPasses === 0 ? {} : { passes: cipherPasses }
    const params = { winner, cpu: copied, ...passes, bytes: report.userCopyBytes }
    sentences.push(format(words.because, params, language))
  }
  return sentences
}

/**
 * Whether the best technique differs between one long log and scattered messages, by rate and by the sender's CPU time: one
 * sentence each. A difference is reported only if both comparisons have a clear winner.
 */
export function queueSentences(log: Comparison, scattered: Comparison, language: Language): string[] {
  const { queues } = catalogue(language).compare
  return (['rate', 'cpu'] as const).map((measure) => {
    const leads = [log.verdict[measure], scattered.verdict[measure]]
    const [forLog, forScattered] = leads.map((lead) =>
      lead?.certainty === 'clear' ? variantName(lead.variant) : null,
    )
    const params = { measure: queues[measure] }
    if (!forLog || !forScattered) return format(queues.unclear, params, language)
    if (forLog === forScattered) return format(queues.same, { ...params, winner: forLog }, language)
    return format(queues.differ, { ...params, log: forLog, scattered: forScattered }, language)
  })
}
