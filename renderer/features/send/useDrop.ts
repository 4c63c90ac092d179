import { useEffect, useState } from 'react'
import { pathOf } from '../../bridge.ts'
import { inPieces } from '../../pieces.ts'
import { useDevices } from '../../state/devices.ts'
import { sendAsSet } from '../../state/send.ts'
import { addToDraft } from '../../state/ui.ts'

/** Where the drag is: nowhere, over the window, or over a device. */
export type Drag = { readonly over: string | null } | null

const DEVICE = 'data-drop-device'

/** Attributes that make an element a drop target for a device. */
export function dropTarget(id: string): Readonly<Record<string, string>> {
  return { [DEVICE]: id }
}

function deviceUnder(event: DragEvent): string | null {
  const element = event.target instanceof Element ? event.target.closest(`[${DEVICE}]`) : null
  return element?.getAttribute(DEVICE) ?? null
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true
}

async function pathsOf(files: readonly File[]): Promise<readonly string[]> {
  const paths: string[] = []
  for await (const piece of inPieces(files)) {
    paths.push(...piece.map(pathOf).filter((path) => path !== ''))
  }
  return paths
}

/**
 * Sends what was dropped to the device under the pointer, or opens the sheet to choose one. The sheet also opens for a
 * device without encryption, where the user chooses unencrypted for each transfer, and for one that uses the name or address
 * of a trusted device, which the user confirms.
 */
export async function takeDrop(paths: readonly string[], id: string | null): Promise<void> {
  if (paths.length === 0) return
  const device = useDevices.getState().devices.find((one) => one.id === id)
  if (device?.protocol === 'http' || (device?.namesake ?? null) !== null)
    await addToDraft(paths, id ?? undefined)
  else if (device) await sendAsSet(paths, device)
  else await addToDraft(paths)
}

/** Makes the whole window a drop target. */
export function useDrop(): Drag {
  const [drag, setDrag] = useState<Drag>(null)
  useEffect(() => {
    // dragleave fires for every element, so the window counts the elements entered.
    let depth = 0
    const show = (over: string | null): void => {
      setDrag((before) => (before?.over === over ? before : { over }))
    }
    const enter = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      event.preventDefault()
      depth += 1
      show(deviceUnder(event))
    }
    const over = (event: DragEvent): void => {
      event.preventDefault()
      if (!hasFiles(event)) return
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
      show(deviceUnder(event))
    }
    const leave = (): void => {
      depth = Math.max(0, depth - 1)
      if (depth === 0) setDrag(null)
    }
    const drop = (event: DragEvent): void => {
      event.preventDefault()
      depth = 0
      setDrag(null)
      const device = deviceUnder(event)
      void pathsOf([...(event.dataTransfer?.files ?? [])]).then((paths) => takeDrop(paths, device))
    }
    window.addEventListener('dragenter', enter)
    window.addEventListener('dragover', over)
    window.addEventListener('dragleave', leave)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragenter', enter)
      window.removeEventListener('dragover', over)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('drop', drop)
    }
  }, [])
  return drag
}
