import { useSyncExternalStore } from 'react'

/** What the window has room for: all three parts, no detail, or a strip instead of the left part. */
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
