import { COMPARE_PRESETS, COMPARE_RUNS } from '../../contract/compare.ts'
import { SEND_TECHNIQUES, type SendTechnique } from '../../contract/technique.ts'
import { choice, integer, size, text, wrongUse, type Given } from './options.ts'
import { destination, pinSource, refuseAny } from './transfer-options.ts'
import type { CompareArgs } from './types.ts'

/** Size limits of the file that a comparison creates, in bytes. */
const COMPARE_SIZE = { min: 1024 ** 2, max: 64 * 1024 ** 3, default: 1024 ** 3 } as const

function compared(given: Given): SendTechnique[] | null {
  const list = text(given, 'techniques')
  if (list === null) return null
  return list.split(',').map((word) => {
    const found = SEND_TECHNIQUES.find((one) => one === word.trim())
    if (found === undefined) {
      const choices = SEND_TECHNIQUES.join(', ')
      throw wrongUse('technique-unknown', { value: word.trim(), command: 'compare', choices })
    }
    return found
  })
}

export function compareArgs(given: Given, path: string | null): CompareArgs {
  if (!given.has('to')) refuseAny(given, ['pin', 'pin-file'], 'pin-needs-to')
  const preset = choice(given, 'preset', [...COMPARE_PRESETS, 'queues'], 'techniques')
  if (preset === 'durability' && given.has('to')) throw wrongUse('durability-here')
  return {
    command: 'compare',
    path,
    to: destination(given),
    preset,
    techniques: compared(given),
    runs: integer(given, 'runs', COMPARE_RUNS.min, COMPARE_RUNS.max, COMPARE_RUNS.default),
    csv: text(given, 'csv'),
    sizeBytes: size(given, 'size', COMPARE_SIZE),
    dir: text(given, 'dir'),
    check: choice(given, 'check', ['on', 'off'], 'off') === 'on',
    pin: pinSource(given),
  }
}
