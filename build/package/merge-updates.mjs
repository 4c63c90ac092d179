import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const FILES = /^files:\n((?:[ -].*\n)+)/mu

/**
 * Merges the update files of several architectures, each written by its own builder, into one.
 * @param {readonly string[]} texts of the same version; the entry of the first stays the default
 */
export function mergeUpdates(texts) {
  const lists = texts.map((text) => {
    const list = FILES.exec(text)?.[1]
    if (list === undefined) throw new Error('Expected a list of files but received none')
    return list
  })
  const versions = new Set(texts.map((text) => /^version: .*$/mu.exec(text)?.[0]))
  if (versions.size !== 1) throw new Error(`Expected one version but received ${[...versions].join(', ')}`)
  const [first = ''] = texts
  return first.replace(FILES, () => `files:\n${lists.join('')}`)
}

/** `node build/package/merge-updates.mjs TARGET SOURCE…` */
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [target, ...sources] = process.argv.slice(2)
  writeFileSync(target, mergeUpdates(sources.map((source) => readFileSync(source, 'utf8'))))
}
