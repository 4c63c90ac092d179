import { cleanup, configure } from '@testing-library/react'
import { afterEach, vi } from 'vitest'

// A wait ends with its event; on a busy machine one query of the page may take a second.
configure({ asyncUtilTimeout: 20_000 })

// It draws on a canvas, which happy-dom does not have.
vi.mock('uplot', () => ({
  default: class {
    setData(): void {}
    setSize(): void {}
    destroy(): void {}
  },
}))

afterEach(() => {
  cleanup()
})
