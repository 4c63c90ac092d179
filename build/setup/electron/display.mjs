import { spawnSync } from 'node:child_process'
import { installPackages, isDebian } from './debian.mjs'
import { has } from '../process.mjs'
import { print } from '../print.mjs'

const LIBRARIES = ['libgtk-3-0|libgtk-3-0t64', 'libnss3', 'libgbm1', 'libasound2|libasound2t64']

/**
 * Whether there is a display for windows.
 * @param {Record<string, string | undefined>} environment
 */
export function hasDisplay(environment = process.env, platform = process.platform) {
  if (platform !== 'linux') return true
  return Boolean(environment['DISPLAY']) || Boolean(environment['WAYLAND_DISPLAY'])
}

/**
 * Installs Electron's system libraries, and a virtual display if one is requested.
 * @returns {string | null} null if they are present, otherwise what to do
 */
export function ensureLibraries({ virtualDisplay = false } = {}) {
  if (process.platform !== 'linux') return null
  if (isDebian()) return installPackages([...LIBRARIES, ...(virtualDisplay ? ['xvfb', 'xauth'] : [])])
  return virtualDisplay && !has('xvfb-run') ? 'Install xvfb.' : null
}

/** Whether the kernel lets this user create the namespaces that Chromium's sandbox needs. */
function hasUserNamespaces() {
  return spawnSync('unshare', ['--user', '--map-root-user', 'true'], { stdio: 'ignore' }).status === 0
}

/** Flags that Electron needs on this machine; prints what protection they remove. */
export function electronFlags() {
  if (process.platform !== 'linux') return []
  const flags = ['--disable-dev-shm-usage']
  if (process.getuid?.() === 0) {
    print('running as root: Electron starts without its sandbox')
    flags.push('--no-sandbox')
  } else if (!hasUserNamespaces()) {
    print('this system has no user namespaces: Electron starts without its sandbox')
    flags.push('--no-sandbox')
  }
  return flags
}

/**
 * The environment for Electron, which can crash on names that are not ASCII under a locale that is not UTF-8.
 * @param {Record<string, string | undefined>} environment
 */
export function electronEnvironment(environment = process.env) {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || ''
  return /utf-?8/iu.test(locale) ? { ...environment } : { ...environment, LC_ALL: 'C.UTF-8' }
}

/** A command, wrapped in a virtual display if there is no other. */
export function onDisplay(command) {
  return hasDisplay() ? command : ['xvfb-run', '-a', '-s', '-screen 0 1600x1200x24', ...command]
}
