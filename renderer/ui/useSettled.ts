import { useEffect, useState } from 'react'

/** Milliseconds after a change in which a press was meant for what was there before. */
export const UNSETTLED_MS = 400

/** False for a moment after each change of `shown`: the user cannot answer what has not been visible yet. */
export function useSettled(shown: string): boolean {
  const [settled, setSettled] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(shown), UNSETTLED_MS)
    return () => clearTimeout(timer)
  }, [shown])
  return settled === shown
}
