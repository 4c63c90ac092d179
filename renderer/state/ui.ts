import { create } from 'zustand'
import type { Problem } from '../../main/contract/errors.ts'
import type { Activity, Item, Opened } from '../../main/contract/ipc.ts'
import { invoke } from '../bridge.ts'
import { inPieces } from '../pieces.ts'

/** What the user is about to send. */
export interface Draft {
  readonly items: readonly Item[]
  /** Fingerprint; null until the user chooses a device. */
  readonly to: string | null
  /** A folder on this computer instead of a device; absolute. */
  readonly folder?: string
}

/** The two views of the window. */
export type View = 'transfers' | 'compare'

type Page = 'settings' | 'address' | 'help'

interface UiState {
  readonly view: View
  readonly page: Page | null
  readonly draft: Draft | null
  /** A problem outside of a transfer. */
  readonly problem: Problem | null
  /** An unexpected error occurred in the main process. */
  readonly trouble: boolean
  /** The work that closing would end, while the user is asked. */
  readonly closing: Activity | null
  /** Whether the selected transfer is open as a sheet in a narrow window. */
  readonly detailOpen: boolean
}

/** Which parts of the window are open. */
export const useUi = create<UiState>(() => ({
  view: 'transfers',
  page: null,
  draft: null,
  problem: null,
  trouble: false,
  closing: null,
  detailOpen: false,
}))

export function openView(view: View): void {
  useUi.setState({ view })
}

export function openPage(page: Page | null): void {
  useUi.setState({ page })
}

export function notify(problem: Problem | null): void {
  useUi.setState({ problem })
}

export function openDraft(draft: Draft | null): void {
  useUi.setState({ draft })
}

/** Adds paths to the draft, with a device if one is given; opens the sheet. */
export async function addToDraft(paths: readonly string[], to?: string): Promise<void> {
  const items: Item[] = []
  for await (const piece of inPieces(paths)) {
    const described = await invoke('describe', { paths: [...piece] })
    if (!described.ok) {
      notify(described.problem)
      return
    }
    items.push(...described.value)
  }
  if (items.length === 0) return
  const open = useUi.getState().draft ?? { items: [], to: null }
  const draft: Draft = to === undefined ? open : { items: open.items, to }
  const present = new Set(draft.items.map(({ path }) => path))
  openDraft({
    ...draft,
    items: [...draft.items, ...items.filter(({ path }) => !present.has(path))],
  })
}

/** Lets the user choose files or a folder, and adds them. */
export async function chooseForDraft(what: 'files' | 'folder'): Promise<void> {
  const chosen = await invoke('choose', { what })
  if (chosen.ok) await addToDraft(chosen.value)
  else notify(chosen.problem)
}

/** Lets the user choose the folder on this computer that the draft is copied to. */
export async function chooseFolderForDraft(): Promise<void> {
  const chosen = await invoke('choose', { what: 'target' })
  const { draft } = useUi.getState()
  if (!chosen.ok) notify(chosen.problem)
  else if (draft !== null && chosen.value[0] !== undefined) openDraft({ ...draft, folder: chosen.value[0] })
}

/** Opens what a start of the application requested: the page, or the sheet that sends the paths. */
export async function takeOpened({ paths, page }: Opened): Promise<void> {
  if (page !== null) openPage(page)
  await addToDraft(paths)
}
