import { join } from 'node:path'

/**
 * The addon stays in native/. Code that looks for it beside itself moves to a folder in out/, so its path is rewritten.
 * An installed application finds the addon in its resources first.
 * @param {string} root the project's folder
 * @returns {import('vite').Plugin}
 */
export function addonInNative(root) {
  const loader = join(root, 'native', 'load.ts')
  const here = "'./build/Release/penstock.node', import.meta.url"
  const there = "'../../native/build/Release/penstock.node', import.meta.url"
  return {
    name: 'addon-in-native',
    enforce: 'pre',
    transform(code, id) {
      if (id.split('?')[0] !== loader) return null
      if (!code.includes(here)) throw new Error(`${loader} no longer looks for the addon beside itself`)
      return code.replace(here, there)
    },
  }
}
