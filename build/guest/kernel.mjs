import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { CACHE, ROOT } from '../setup/paths.mjs'
import { step } from '../setup/process.mjs'
import { print } from '../setup/print.mjs'
import { hashOf } from '../setup/compile/stamp.mjs'

/** Packages that name the newest kernel of Debian and Ubuntu. */
const NEWEST = ['linux-image-amd64', 'linux-image-generic']
/**
 * A network card that reads memory by DMA, the host's files, and kernel TLS with its cipher. A kernel may have some of
 * these built in.
 */
const MODULES = ['virtio_pci', 'virtio_net', '9pnet_virtio', '9p', 'aesni_intel', 'tls']
/** How modules are compressed, by file extension. */
const UNPACKERS = { '.ko': 'cat', '.ko.gz': 'zcat', '.ko.xz': 'xzcat', '.ko.zst': 'zstdcat' }
const FOLDERS = ['bin', 'dev', 'host', 'modules', 'proc', 'sys']
const LARGEST = 256 * 1024 * 1024

function outputOf(command, args, input) {
  const { status, stdout } = spawnSync(command, args, { input, maxBuffer: LARGEST })
  if (status !== 0) throw new Error(`${command} ended with ${status}`)
  return stdout
}

/** The packages of the newest listed kernel: its image, and its modules if they are separate. */
function packagesOfKernel() {
  const meta = NEWEST.find((name) => spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0)
  if (meta === undefined) return []
  const only = ['--no-recommends', '--no-suggests', '--no-conflicts', '--no-breaks', '--no-replaces']
  const text = outputOf('apt-cache', ['depends', '--recurse', ...only, '--no-enhances', meta]).toString()
  return [...new Set(text.match(/^linux-(?:image|modules)-[0-9][^\s:]*$/gmu))]
}

/** Downloads packages and unpacks them into a folder; installs nothing. */
function unpack(packages, folder) {
  // apt's own user cannot enter a folder of root's.
  const args = ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...packages]
  const download = () => step('apt-get', args, { cwd: folder })
  // Old lists name files that the server has removed.
  if (!download() && !(step('apt-get', ['update', '-qq']) && download())) return false
  const files = readdirSync(folder).filter((name) => name.endsWith('.deb'))
  return files.every((name) => step('dpkg-deb', ['-x', name, folder], { cwd: folder }))
}

/** The unpacked modules, by name. */
function modulesBelow(folder) {
  const roots = ['lib/modules', 'usr/lib/modules'].map((path) => join(folder, path)).filter(existsSync)
  const all = roots.flatMap((root) => readdirSync(root, { recursive: true }).map((path) => join(root, path)))
  return new Map(
    all.flatMap((path) => {
      const [, name, end] = /^(.+?)(\.ko(?:\.\w+)?)$/u.exec(basename(path)) ?? []
      return name === undefined ? [] : [[name.replaceAll('-', '_'), { path, unpacker: UNPACKERS[end] }]]
    }),
  )
}

/** Appends a module to the load order, after its dependencies. */
function addModule(name, known, loaded) {
  const module = known.get(name)
  if (module === undefined || loaded.has(name)) return
  const content = outputOf(module.unpacker, [module.path])
  const [, depends = ''] = /\0depends=([^\0]*)\0/u.exec(content.toString('latin1')) ?? []
  for (const other of depends.split(',')) addModule(other.replaceAll('-', '_'), known, loaded)
  loaded.set(name, content)
}

/** The initial files of the guest: one program, the modules, and the script to run. */
function makeInitramfs(unpacked) {
  const top = join(unpacked, 'initramfs')
  for (const name of FOLDERS) mkdirSync(join(top, name), { recursive: true })
  const busybox = ['bin/busybox', 'usr/bin/busybox'].map((path) => join(unpacked, path)).find(existsSync)
  copyFileSync(busybox, join(top, 'bin', 'busybox'))
  copyFileSync(join(ROOT, 'build', 'guest', 'init.sh'), join(top, 'init'))
  for (const path of ['bin/busybox', 'init']) chmodSync(join(top, path), 0o755)
  const loaded = new Map()
  const known = modulesBelow(unpacked)
  for (const name of MODULES) addModule(name, known, loaded)
  for (const [name, content] of loaded) writeFileSync(join(top, 'modules', `${name}.ko`), content)
  writeFileSync(join(top, 'modules', 'order'), [...loaded.keys()].map((name) => `${name}\n`).join(''))
  const names = ['.', ...readdirSync(top, { recursive: true })].join('\n')
  const packed = spawnSync('cpio', ['-o', '-H', 'newc', '--quiet'], {
    cwd: top,
    input: names,
    maxBuffer: LARGEST,
  })
  if (packed.status !== 0) throw new Error(`cpio ended with ${packed.status}`)
  return gzipSync(packed.stdout)
}

/**
 * A kernel and an initramfs for a QEMU guest, from the distribution's packages.
 * @returns {{ kernel: string, initramfs: string } | null} null if they are not available
 */
export function ensureGuestKernel() {
  const packages = packagesOfKernel()
  if (packages.length === 0) return null
  const made = hashOf(ROOT, { paths: ['build/guest'], words: packages }).slice(0, 16)
  const folder = join(CACHE, `guest-${made}`)
  const files = { kernel: join(folder, 'vmlinuz'), initramfs: join(folder, 'initramfs.gz') }
  if (existsSync(folder)) return files
  print(`fetching a kernel for the guest (${packages.join(', ')}; 70 MB, once)`)
  const unpacked = mkdtempSync(join(tmpdir(), 'penstock-kernel-'))
  try {
    if (!unpack([...packages, 'busybox-static'], unpacked)) return null
    const boot = readdirSync(join(unpacked, 'boot')).find((name) => name.startsWith('vmlinuz'))
    const draft = `${folder}.draft`
    mkdirSync(draft, { recursive: true })
    copyFileSync(join(unpacked, 'boot', boot), join(draft, 'vmlinuz'))
    writeFileSync(join(draft, 'initramfs.gz'), makeInitramfs(unpacked))
    renameSync(draft, folder)
    return files
  } finally {
    rmSync(unpacked, { recursive: true, force: true })
  }
}
