import { copyFileSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layOut, pathsBelow, runTool, scriptText } from './tree.mjs'

const ARCHITECTURES = { amd64: 'x86_64', arm64: 'aarch64' }
const PAYLOAD = { gzip: 'w1.gzdio', xzmt: 'w6.xzdio' }
/** System folders, which a package does not own. */
const SHARED = /^(?:opt|usr(?:\/(?:bin|lib(?:\/systemd(?:\/user)?)?|share(?:\/(?!doc\/penstock).*)?))?)$/u

/** @param {ReturnType<typeof import('./fpm-arguments.mjs').understand>} wanted */
export function buildRpm(wanted) {
  const work = mkdtempSync(join(tmpdir(), 'penstock-rpm-'))
  try {
    const root = join(work, 'root')
    mkdirSync(root)
    layOut(root, wanted.copies)
    const owned = pathsBelow(root).flatMap((path) => {
      const facts = lstatSync(join(root, path))
      if (facts.isDirectory()) return SHARED.test(path) ? [] : [`%dir "/${path}"`]
      const mode = facts.isFile() && facts.mode & 0o4000 ? '%attr(4755, root, root) ' : ''
      return [`${mode}"/${path}"`]
    })
    const architecture = ARCHITECTURES[wanted.architecture] ?? wanted.architecture
    const script = (section, path) => {
      const text = scriptText(path)
      return text === null ? [] : [section, text.replaceAll('%', '%%')]
    }
    const spec = [
      `Name: ${wanted.name}`,
      `Version: ${wanted.version}`,
      'Release: 1',
      `Summary: ${wanted.summary}`,
      `License: ${wanted.license}`,
      `Vendor: ${wanted.vendor}`,
      `Packager: ${wanted.maintainer}`,
      `URL: ${wanted.url}`,
      `Group: ${wanted.category}`,
      // The requirements are listed; the vendored libraries are private and provide nothing.
      'AutoReqProv: no',
      ...wanted.depends.map((need) => `Requires: ${need}`),
      '%description',
      wanted.text.trim(),
      ...script('%post', wanted.scripts.postinst),
      ...script('%postun', wanted.scripts.postrm),
      '%files',
      '%defattr(-, root, root, -)',
      ...owned,
      '',
    ]
    const path = join(work, 'penstock.spec')
    writeFileSync(path, spec.join('\n'))
    const defines = [
      `_topdir ${work}`,
      '_build_id_links none',
      '__os_install_post %{nil}',
      `_binary_payload ${PAYLOAD[wanted.compression] ?? PAYLOAD.xzmt}`,
      '_build_name_fmt penstock.rpm',
      ...wanted.defines,
    ]
    const flags = defines.flatMap((define) => ['--define', define])
    runTool('rpmbuild', ['-bb', '--target', architecture, '--buildroot', root, ...flags, path])
    const [made] = readdirSync(join(work, 'RPMS'))
    if (made === undefined) throw new Error('rpmbuild made no package')
    copyFileSync(join(work, 'RPMS', made), wanted.target)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
