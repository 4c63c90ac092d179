import { parseArgs } from 'node:util'

const one = { type: 'string' }
const OPTIONS = {
  s: { type: 'string', short: 's' },
  t: { type: 'string', short: 't' },
  d: { type: 'string', short: 'd', multiple: true },
  force: { type: 'boolean' },
  architecture: one,
  'after-install': one,
  'after-remove': one,
  description: one,
  version: one,
  package: one,
  name: one,
  maintainer: one,
  vendor: one,
  url: one,
  license: one,
  category: one,
  'deb-priority': one,
  'deb-recommends': { type: 'string', multiple: true },
  'deb-compression': one,
  'rpm-os': one,
  'rpm-summary': one,
  'rpm-compression': one,
  'rpm-rpmbuild-define': { type: 'string', multiple: true },
}

/**
 * Parses fpm's arguments. Throws for an argument that this stand-in does not support.
 * @param {readonly string[]} argv
 */
export function understand(argv) {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
  const needed = (name) => {
    const value = values[name]
    if (value === undefined) throw new Error(`fpm was not given --${name}`)
    return value
  }
  const [summary = '', ...text] = needed('description').split('\n')
  return {
    type: needed('t'),
    name: needed('name'),
    version: needed('version'),
    architecture: needed('architecture'),
    target: needed('package'),
    maintainer: needed('maintainer'),
    vendor: needed('vendor'),
    url: needed('url'),
    license: needed('license'),
    category: needed('category'),
    summary: values['rpm-summary'] ?? summary,
    text: text.length > 0 ? text.join('\n') : summary,
    depends: values.d ?? [],
    recommends: values['deb-recommends'] ?? [],
    priority: values['deb-priority'] ?? 'optional',
    compression: values['deb-compression'] ?? values['rpm-compression'] ?? 'xz',
    defines: values['rpm-rpmbuild-define'] ?? [],
    scripts: { postinst: needed('after-install'), postrm: needed('after-remove') },
    /** Maps a file, or the content of a folder if the path ends in a slash, to its installed path. */
    copies: positionals.map((mapping) => {
      const split = mapping.lastIndexOf('=')
      if (split < 1) throw new Error(`Expected FROM=TO but received ${mapping}`)
      return { from: mapping.slice(0, split), to: mapping.slice(split + 1) }
    }),
  }
}
