import { create } from 'zustand'
import type { Comparison, ComparePreset } from '../../main/contract/compare.ts'
import type { RequestOf, Item } from '../../main/contract/ipc.ts'
import type { Comparing } from '../../main/contract/compare.ts'
import { invoke } from '../bridge.ts'
import { notify } from './ui.ts'

/** Sizes of the generated file, in bytes, for a comparison without a chosen file. */
export const TEST_FILES = { small: 256_000_000, large: 1_000_000_000 } as const

/** What is sent in each round. */
export type Sent = keyof typeof TEST_FILES | 'file'

/** The two cases of a message queue, as far as they have been compared. */
interface Queues {
  readonly log: Comparison | null
  readonly scattered: Comparison | null
}

interface CompareState {
  /** Null before the first comparison. */
  readonly comparing: Comparing | null
  /** The last comparisons of the two cases of a message queue. */
  readonly queues: Queues
  readonly sent: Sent
  /** The file chosen last. */
  readonly file: Item | null
  readonly preset: ComparePreset
  readonly runs: number
  /** Fingerprint; null: this computer. */
  readonly to: string | null
}

/** The comparison and the settings of the next one. */
export const useCompare = create<CompareState>(() => ({
  comparing: null,
  queues: { log: null, scattered: null },
  sent: 'small',
  file: null,
  preset: 'techniques',
  runs: 5,
  to: null,
}))

/** Takes the main process's snapshot of its comparison. */
export function takeComparing(comparing: Comparing | null): void {
  useCompare.setState({ comparing })
  if (comparing?.kind !== 'done') return
  const { comparison } = comparing
  const { preset } = comparison
  if (preset !== 'log' && preset !== 'scattered') return
  useCompare.setState(({ queues }) => ({ queues: { ...queues, [preset]: comparison } }))
}

/** Whether a comparison is running or stopping. */
export function isComparing(comparing: Comparing | null): boolean {
  return comparing?.kind === 'preparing' || comparing?.kind === 'running' || comparing?.kind === 'stopping'
}

/** Lets the user choose the file to send in each round. */
export async function chooseCompared(): Promise<void> {
  const chosen = await invoke('choose', { what: 'file' })
  if (!chosen.ok) {
    notify(chosen.problem)
    return
  }
  if (chosen.value.length === 0) return
  const described = await invoke('describe', { paths: chosen.value })
  if (!described.ok) notify(described.problem)
  else if (described.value[0] !== undefined) useCompare.setState({ file: described.value[0], sent: 'file' })
}

/** Starts a comparison with the current settings. */
export async function startComparing(): Promise<void> {
  const { sent, file, preset, runs, to } = useCompare.getState()
  const sizeBytes = sent === 'file' ? TEST_FILES.small : TEST_FILES[sent]
  const path = sent === 'file' ? (file?.path ?? null) : null
  const result = await invoke('startCompare', { preset, runs, to, path, sizeBytes })
  if (!result.ok) notify(result.problem)
}

export async function stopComparing(): Promise<void> {
  const result = await invoke('stopCompare', {})
  if (!result.ok) notify(result.problem)
}

/** Saves the comparison to a place that the user chooses. */
export async function saveComparison(request: RequestOf<'saveCompare'>): Promise<void> {
  const result = await invoke('saveCompare', request)
  if (!result.ok) notify(result.problem)
}
