import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layOut, pathsBelow, runTool, scriptText } from './tree.mjs'

const COMPRESSION = { gz: 'gzip', xz: 'xz', zst: 'zstd', none: 'none' }

/** Kibibytes as the policy counts them: each file rounded up, one for each folder. */
function installedSize(root, paths) {
  return paths.reduce((total, path) => {
    const facts = lstatSync(join(root, path))
    return total + (facts.isFile() ? Math.ceil(facts.size / 1024) : 1)
  }, 0)
}

/** The longer description: one leading space a line, a dot for an empty one. */
function folded(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => ` ${line.trim() === '' ? '.' : line.trim()}`)
    .join('\n')
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
    const compression = `-Z${COMPRESSION[wanted.compression] ?? wanted.compression}`
    runTool('dpkg-deb', ['--root-owner-group', compression, '--build', root, wanted.target])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
