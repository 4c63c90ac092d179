import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

const root = resolve(import.meta.dirname, '..', '..')
const out = (part: string): string => join(root, 'out', part)

/** What a sandboxed preload can be. */
const commonjs = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' } as const
/** Electron waits for a module, awaits of its own included, before it becomes ready. */
const modules = { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' } as const

/**
 * The addon stays in native/, while the code that looks for it beside itself moves to out/main.
 * An installed application finds it in its resources before that.
 */
function addonStaysInNative(): Plugin {
  const loader = join(root, 'native', 'load.ts')
  const here = "'./build/Release/penstock.node', import.meta.url"
  const there = "'../../native/build/Release/penstock.node', import.meta.url"
  return {
    name: 'addon-stays-in-native',
    enforce: 'pre',
    transform(code, id) {
      if (id.split('?')[0] !== loader) return null
      if (!code.includes(here)) throw new Error(`${loader} no longer looks for the addon beside itself`)
      return code.replace(here, there)
    },
  }
}

const IN_PACKAGE = /^.*?(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)/u

/** Writes down whose code a part of the application holds, so that an installation can carry the licences. */
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
    plugins: [addonStaysInNative(), listPackages('main')],
    build: {
      // Everything is in the files, so that an installation carries no packages.
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
      // A sandboxed preload can load nothing but Electron: all else is in the file.
      externalizeDeps: false,
      rolldownOptions: { input: { preload: join(root, 'main', 'desktop', 'preload.ts') }, output: commonjs },
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
