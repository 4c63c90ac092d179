import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layOut, pathsBelow, runTool, scriptText } from './tree.mjs'

/** dpkg-deb's names of fpm's compressions; gzip is for packages for trials. */
const COMPRESSION = { gz: ['-Zgzip', '-z1'], xz: ['-Zxz'] }
/** Columns of a line in a description. */
const WIDTH = 76

/** Kibibytes as Debian's policy counts them: each file rounded up, one for each folder. */
function installedSize(root, paths) {
  return paths.reduce((total, path) => {
    const facts = lstatSync(join(root, path))
    return total + (facts.isFile() ? Math.ceil(facts.size / 1024) : 1)
  }, 0)
}

/** The long description, each line indented by one space. */
function folded(text) {
  const lines = ['']
  for (const word of text.trim().split(/\s+/u)) {
    const line = `${lines.at(-1)} ${word}`
    if (line.length > WIDTH) lines.push(` ${word}`)
    else lines[lines.length - 1] = line
  }
  return lines.join('\n')
}

/** @param {ReturnType<typeof import('./fpm-arguments.mjs').understand>} wanted */
export function buildDeb(wanted) {
  const root = mkdtempSync(join(tmpdir(), 'penstock-deb-'))
  try {
    layOut(root, wanted.copies)
    const paths = pathsBelow(root)
    const files = paths.filter((path) => lstatSync(join(root, path)).isFile())
    const control = join(root, 'DEBIAN')
    mkdirSync(control, { mode: 0o755 })
    const fields = [
      ['Package', wanted.name],
      ['Version', wanted.version],
      ['Section', wanted.category],
      ['Priority', wanted.priority],
      ['Architecture', wanted.architecture],
      ['Maintainer', wanted.maintainer],
      ['Installed-Size', installedSize(root, paths)],
      ['Depends', wanted.depends.join(', ')],
      ['Recommends', wanted.recommends.join(', ')],
      ['Homepage', wanted.url],
      ['Description', `${wanted.summary}\n${folded(wanted.text)}`],
    ]
    const lines = fields.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}\n`)
    writeFileSync(join(control, 'control'), lines.join(''), { mode: 0o644 })
    const sums = files.map((path) => {
      const sum = createHash('md5')
        .update(readFileSync(join(root, path)))
        .digest('hex')
      return `${sum}  ${path}\n`
    })
    writeFileSync(join(control, 'md5sums'), sums.join(''), { mode: 0o644 })
    for (const [name, path] of Object.entries(wanted.scripts)) {
      const text = scriptText(path)
      if (text !== null) writeFileSync(join(control, name), text, { mode: 0o755 })
    }
    chmodSync(root, 0o755)
    const compression = COMPRESSION[wanted.compression]
    if (compression === undefined) throw new Error(`Expected gz or xz but received ${wanted.compression}`)
    runTool('dpkg-deb', ['--root-owner-group', ...compression, '--build', root, wanted.target])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
