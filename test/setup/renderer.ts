import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

// A wait ends with its event; on a busy machine one query of the page may take a second.
configure({ asyncUtilTimeout: 20_000 })

afterEach(() => {
  cleanup()
})
