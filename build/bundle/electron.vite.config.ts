import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import { addonInNative } from './addon-in-native.mjs'

const root = resolve(import.meta.dirname, '..', '..')
const out = (part: string): string => join(root, 'out', part)

/** What a sandboxed preload can be. */
const commonjs = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' } as const
/** Electron waits for a module and its top-level awaits before it becomes ready. */
const modules = { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' } as const

const IN_PACKAGE = /^.*?(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)/u

/** Lists the packages whose code a part of the application contains, so that an installation can carry their licences. */
function listPackages(part: string): Plugin {
  return {
    name: 'list-packages',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
      const folders = modules.flatMap((id) => {
        const folder = IN_PACKAGE.exec(id)?.[1]
        return folder === undefined ? [] : [folder]
      })
      mkdirSync(out('packages'), { recursive: true })
      const file = join(out('packages'), `${part}.json`)
      writeFileSync(file, JSON.stringify([...new Set(folders)].sort()))
    },
  }
}

export default defineConfig({
  main: {
    root,
    plugins: [addonInNative(root), listPackages('main')],
    build: {
      // Bundles contain every package, so that an installation carries none.
      externalizeDeps: false,
      outDir: out('main'),
      target: 'node20.18',
      rolldownOptions: { input: { entry: join(root, 'main', 'desktop', 'entry.ts') }, output: modules },
    },
  },
  preload: {
    root,
    plugins: [listPackages('preload')],
    build: {
      outDir: out('preload'),
      target: 'node20.18',
      // A sandboxed preload can load only Electron: the rest must be in the file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: join(root, 'main', 'desktop', 'ipc', 'preload.ts') },
        output: commonjs,
      },
    },
  },
  renderer: {
    root: join(root, 'renderer'),
    plugins: [react(), tailwindcss(), listPackages('renderer')],
    build: {
      outDir: out('renderer'),
      emptyOutDir: true,
      target: 'chrome130',
      rolldownOptions: { input: join(root, 'renderer', 'index.html') },
    },
  },
})
