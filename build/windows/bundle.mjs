import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { CACHE, ROOT } from '../setup/paths.mjs'
import { isStamped, stateOf, unstamp, writeStamp } from '../setup/compile/stamp.mjs'

const OUT = join(CACHE, 'windows')
const STAMP = join(CACHE, 'windows-bundle.stamp')

/**
 * Bundles programs of this project into one file each with all imports, for a machine that has neither the packages nor a
 * TypeScript loader.
 * @param {Record<string, string>} entries source files by the name of their bundle
 * @returns {Promise<Record<string, string>>} the bundles by the same names
 */
export async function ensureBundles(entries) {
  const files = Object.fromEntries(Object.keys(entries).map((name) => [name, join(OUT, `${name}.mjs`)]))
  const sources = ['main', 'native/index.ts', 'native/load.ts']
  const tests = ['test/support', 'test/native', 'test/windows', 'test/guest']
  const inputs = {
    paths: [...sources, ...tests, 'package-lock.json', 'build/windows'],
    words: Object.values(entries),
  }
  if (isStamped(STAMP, ROOT, inputs) && Object.values(files).every((file) => existsSync(file))) return files
  unstamp(STAMP)
  const state = stateOf(ROOT, inputs)
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node20',
      outDir: OUT,
      emptyOutDir: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(ROOT, path)])),
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  })
  writeStamp(STAMP, state)
  return files
}
