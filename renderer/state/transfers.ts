import { create } from 'zustand'
import type { Problem } from '../../main/contract/errors.ts'
import type { Earlier, Result, Snapshot } from '../../main/contract/ipc.ts'
import type { Technique } from '../../main/contract/technique.ts'
import { invoke } from '../bridge.ts'
import { addSample, EMPTY_SERIES, type RateUnit, type Series, SETTLED_MS, unitFor } from './series.ts'
import { notify, useUi } from './ui.ts'

/** A transfer with the window's additions. */
export interface Entry {
  readonly snapshot: Snapshot
  readonly series: Series
  /** Fixed once the rate has settled. */
  readonly unit: RateUnit | null
}

interface TransfersState {
  readonly entries: ReadonlyMap<string, Entry>
  /** Newest first. */
  readonly order: readonly string[]
  readonly selected: string | null
  /** Of earlier runs, newest first. */
  readonly earlier: readonly Earlier[]
}

export const useTransfers = create<TransfersState>(() => ({
  entries: new Map(),
  order: [],
  selected: null,
  earlier: [],
}))

/** True while it can still be cancelled. */
export function isActive({ view }: Snapshot): boolean {
  const { kind } = view.state
  return kind === 'preparing' || kind === 'offered' || kind === 'running' || kind === 'committing'
}

function updated(entry: Entry | undefined, snapshot: Snapshot): Entry {
  const { view, sampledAt } = snapshot
  const before = entry?.series ?? EMPTY_SERIES
  const since = view.movingSince
  const moving = since !== null && view.state.kind === 'running'
  const first = moving && before.recent.length === 0
  const from = first ? addSample(before, since, 0, since) : before
  const series = moving ? addSample(from, sampledAt, view.bytes, since) : before
  const settled = since !== null && sampledAt - since >= SETTLED_MS && series.now
  const unit = entry?.unit ?? (typeof settled === 'number' ? unitFor(settled) : null)
  return { snapshot, series, unit }
}

/** Takes new and changed transfers. Selects the newest unless the selected one is active. */
export function takeTransfers(snapshots: readonly Snapshot[]): void {
  useTransfers.setState(({ entries, order, selected }) => {
    const next = new Map(entries)
    const added: string[] = []
    for (const snapshot of snapshots) {
      if (!next.has(snapshot.key)) added.push(snapshot.key)
      next.set(snapshot.key, updated(next.get(snapshot.key), snapshot))
    }
    if (added.length === 0) return { entries: next }
    const startedAt = (key: string): number => next.get(key)?.snapshot.view.startedAt ?? 0
    const all = [...added, ...order].sort((a, b) => startedAt(b) - startedAt(a))
    const current = selected === null ? undefined : next.get(selected)
    const keep = current !== undefined && isActive(current.snapshot)
    return { entries: next, order: all, selected: keep ? selected : (all[0] ?? null) }
  })
}

export function selectTransfer(key: string | null): void {
  useTransfers.setState({ selected: key })
  useUi.setState({ detailOpen: key !== null })
}

async function notifyFailure(answer: Promise<Result<unknown>>): Promise<void> {
  const result = await answer
  if (!result.ok) notify(result.problem)
}

export function cancelTransfer(key: string): Promise<void> {
  return notifyFailure(invoke('cancel', { key }))
}

export function showTransfer(key: string): Promise<void> {
  return notifyFailure(invoke('show', { key }))
}

export function chooseTechnique(key: string, technique: Technique): Promise<void> {
  return notifyFailure(invoke('setTechnique', { key, technique }))
}

/** Removes an ended transfer from the list. */
export async function forgetTransfer(key: string): Promise<void> {
  const result = await invoke('forget', { key })
  if (!result.ok) {
    notify(result.problem)
    return
  }
  useTransfers.setState(({ entries, order, selected }) => {
    const next = new Map(entries)
    next.delete(key)
    const rest = order.filter((each) => each !== key)
    return { entries: next, order: rest, selected: selected === key ? (rest[0] ?? null) : selected }
  })
}

/** The problem that ended a transfer before it was complete; null if there was none. */
export function problemOf({ view }: Snapshot): Problem | null {
  return 'problem' in view.state ? view.state.problem : null
}
