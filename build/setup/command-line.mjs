import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MODULES, ROOT } from './paths.mjs'
import { become } from './process.mjs'

/**
 * Hands over to the command line, in the folder that it was typed in (npm runs its scripts in the project's).
 * @param {readonly string[]} args
 */
export function becomeCommandLine(args) {
  // The full address of the loader and of its settings: where the command was typed there may be others.
  const loader = pathToFileURL(join(MODULES, 'tsx', 'dist', 'loader.mjs')).href
  const typedIn = process.env['npm_lifecycle_event'] === 'penstock' ? process.env['INIT_CWD'] : undefined
  become(process.execPath, ['--import', loader, join(ROOT, 'main', 'cli', 'index.ts'), ...args], {
    cwd: typedIn ?? process.cwd(),
    env: { ...process.env, TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.json') },
  })
}
