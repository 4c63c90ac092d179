import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { helpEn } from '../../../main/messages/en/help.ts'
import { BESIDE, ROOT } from '../paths.mjs'
import { bashCompletion } from '../words/bash.ts'
import { commandsToComplete } from '../words/commands.ts'
import { fishCompletion } from '../words/fish.ts'
import { manPage } from '../words/man-page.ts'
import { zshCompletion } from '../words/zsh.ts'

const HERE = join(ROOT, 'build', 'package', 'linux')

function put(path: string, content: string | Buffer): void {
  const place = join(BESIDE, path)
  mkdirSync(dirname(place), { recursive: true })
  writeFileSync(place, content)
}

function read(name: string): string {
  return readFileSync(join(HERE, name), 'utf8')
}

/** The licence's text in Debian's format. */
function copyright(): string {
  const licence = readFileSync(join(ROOT, 'LICENSE'), 'utf8').trim().split('\n')
  const folded = licence.map((line) => (line.trim() === '' ? ' .' : ` ${line}`))
  return `${read('copyright')}${folded.join('\n')}\n`
}

function changelog(version: string, maintainer: string, at: Date): string {
  const date = at.toUTCString().replace('GMT', '+0000')
  return `penstock (${version}) stable; urgency=medium\n\n  * Version ${version}.\n\n -- ${maintainer}  ${date}\n`
}

export interface Release {
  readonly version: string
  readonly homepage: string
  readonly maintainer: string
  readonly at: Date
}

/** Lays out what a Linux package installs beside the application: command, manual, completions, service, metadata. */
export function stageLinux({ version, homepage, maintainer, at }: Release): void {
  rmSync(BESIDE, { recursive: true, force: true })
  const date = at.toISOString().slice(0, 10)
  const commands = commandsToComplete()
  const packed = (text: string): Buffer => gzipSync(text, { level: 9 })
  put('usr/share/man/man1/penstock.1.gz', packed(manPage({ pages: helpEn, version, date })))
  put('usr/share/bash-completion/completions/penstock', bashCompletion(commands))
  put('usr/share/zsh/vendor-completions/_penstock', zshCompletion(commands))
  put('usr/share/fish/vendor_completions.d/penstock.fish', fishCompletion(commands))
  put('usr/lib/systemd/user/penstock-receive.service', read('penstock-receive.service'))
  const metainfo = read('penstock.metainfo.xml')
    .replace('@VERSION@', version)
    .replace('@DATE@', date)
    .replace('@HOMEPAGE@', homepage)
  put('usr/share/metainfo/penstock.metainfo.xml', metainfo)
  put('usr/share/lintian/overrides/penstock', read('lintian-overrides'))
  put('usr/share/doc/penstock/examples/penstock-ktls.conf', read('penstock-ktls.conf'))
  put('usr/share/doc/penstock/copyright', copyright())
  put('usr/share/doc/penstock/changelog.gz', packed(changelog(version, maintainer, at)))
  cpSync(join(ROOT, 'assets', 'icon.svg'), join(BESIDE, 'usr/share/icons/hicolor/scalable/apps/penstock.svg'))
  mkdirSync(join(BESIDE, 'usr', 'bin'), { recursive: true })
  symlinkSync('/opt/Penstock/bin/penstock', join(BESIDE, 'usr', 'bin', 'penstock'))
}
