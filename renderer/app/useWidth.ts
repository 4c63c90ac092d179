import { useSyncExternalStore } from 'react'

/** How much of the window there is room for: all three parts, without the detail, or a strip in place of the left. */
export type Room = 'wide' | 'middle' | 'narrow'

function roomFor(width: number): Room {
  if (width >= 1000) return 'wide'
  return width >= 760 ? 'middle' : 'narrow'
}

function follow(listener: () => void): () => void {
  window.addEventListener('resize', listener)
  return () => {
    window.removeEventListener('resize', listener)
  }
}

export function useRoom(): Room {
  return useSyncExternalStore(follow, () => roomFor(window.innerWidth))
}
