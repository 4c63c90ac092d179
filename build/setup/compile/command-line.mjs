import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { alone } from '../ensure.mjs'
import { ADDON_TYPESCRIPT, CACHE, ROOT } from '../paths.mjs'
import { print } from '../print.mjs'
import { isStamped, stateOf, unstamp, writeStamp } from './stamp.mjs'

const OUT = join(ROOT, 'out', 'cli')
const BUNDLE = join(OUT, 'index.mjs')
const STAMP = join(CACHE, 'command-line.stamp')
export const INPUTS = {
  paths: [
    'main/cli',
    'main/core',
    'main/contract',
    'main/messages',
    'main/pages',
    ...ADDON_TYPESCRIPT,
    'build/bundle',
    'build/setup/compile/command-line.mjs',
    'package-lock.json',
    'tsconfig.json',
  ],
}

const isReady = () => existsSync(BUNDLE) && isStamped(STAMP, ROOT, INPUTS)

/**
 * Builds the command line into out/cli/ if its sources have changed: a TypeScript loader would add a second to each start.
 * @returns {Promise<string>} the program
 */
export async function ensureCommandLine() {
  if (isReady()) return BUNDLE
  await alone(async () => {
    if (isReady()) return
    print('building the command line')
    unstamp(STAMP)
    const state = stateOf(ROOT, INPUTS)
    const { build } = await import('vite')
    const { addonInNative } = await import('../../bundle/addon-in-native.mjs')
    await build({
      root: ROOT,
      configFile: false,
      logLevel: 'error',
      plugins: [addonInNative(ROOT)],
      ssr: { noExternal: true },
      build: {
        ssr: true,
        target: 'node20.18',
        sourcemap: true,
        outDir: OUT,
        emptyOutDir: true,
        rolldownOptions: {
          input: { index: join(ROOT, 'main', 'cli', 'index.ts') },
          output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
        },
      },
    })
    writeStamp(STAMP, state)
  })
  return BUNDLE
}

/**
 * Runs the command line in this process, in the folder where the user typed the command (npm changes to the project's).
 * The process ends with the command.
 * @param {readonly string[]} args
 */
export async function runCommandLine(args) {
  const program = await ensureCommandLine()
  const typedIn = process.env['npm_lifecycle_event'] === 'penstock' ? process.env['INIT_CWD'] : undefined
  // npm decodes its arguments and replaces bytes that are not UTF-8 with this character.
  const replaced =
    typedIn === undefined ? undefined : [typedIn, ...args].find((text) => text.includes('\ufffd'))
  if (replaced !== undefined) {
    print(
      `npm may have changed “${replaced}”, which is not UTF-8: run node ${join(ROOT, 'build', 'setup', 'penstock.mjs')}`,
    )
    process.exit(2)
  }
  if (typedIn !== undefined) process.chdir(typedIn)
  process.argv = [process.execPath, join(ROOT, 'build', 'setup', 'penstock.mjs'), ...args]
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(program).href)
}
