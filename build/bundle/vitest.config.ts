import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: resolve(import.meta.dirname, '..', '..'),
  plugins: [react()],
  test: {
    environment: 'happy-dom',
    include: ['test/renderer/**/*.test.{ts,tsx}'],
    setupFiles: ['test/setup/renderer.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
