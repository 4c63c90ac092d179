import { useEffect, useSyncExternalStore } from 'react'
import { useSettings } from '../state/settings.ts'

function darkQuery(): MediaQueryList {
  return window.matchMedia('(prefers-color-scheme: dark)')
}

function follow(listener: () => void): () => void {
  const query = darkQuery()
  query.addEventListener('change', listener)
  return () => {
    query.removeEventListener('change', listener)
  }
}

/** The appearance to use: the user's setting, or the system's. */
export function useTheme(): 'light' | 'dark' {
  const set = useSettings((state) => state.settings.theme)
  const systemIsDark = useSyncExternalStore(follow, () => darkQuery().matches)
  if (set !== 'system') return set
  return systemIsDark ? 'dark' : 'light'
}

/** Sets the appearance on the document, where the design tokens read it. */
export function useThemeOnDocument(): void {
  const theme = useTheme()
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
  }, [theme])
}
