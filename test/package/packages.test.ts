// Invariant: a package contains exactly what the application needs, requires every library that it links to, and passes the
// checks of the tools of Debian, freedesktop.org and rpm.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { deb, linesOf, outcome, ROOT, rpm, run, tarball, UNPACKED, VERSION } from './built.ts'

const MEBIBYTE = 1024 * 1024
let place = ''
let content = ''

before(() => {
  place = mkdtempSync(join(tmpdir(), 'penstock-packages-'))
  content = join(place, 'deb')
  run('dpkg-deb', '-x', deb(), content)
})
after(() => {
  rmSync(place, { recursive: true })
})

interface Entry {
  readonly mode: string
  readonly owner: string
  readonly path: string
}

/** What `dpkg -c` lists, links without what they point to. */
function entries(): Entry[] {
  return linesOf(run('dpkg', '-c', deb())).map((line) => {
    const [mode = '', owner = '', , , , path = ''] = line.split(/\s+/u)
    return { mode, owner, path: path.replace(/^\./u, '') }
  })
}

/** Files of an installation beside those of the application in /opt, icons by their sizes. */
const BESIDE = [
  '/usr/bin/penstock',
  '/usr/lib/systemd/user/penstock-receive.service',
  '/usr/share/applications/penstock.desktop',
  '/usr/share/bash-completion/completions/penstock',
  '/usr/share/doc/penstock/changelog.gz',
  '/usr/share/doc/penstock/copyright',
  '/usr/share/doc/penstock/examples/penstock-ktls.conf',
  '/usr/share/fish/vendor_completions.d/penstock.fish',
  ...[16, 22, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024].map(
    (size) => `/usr/share/icons/hicolor/${size}x${size}/apps/penstock.png`,
  ),
  '/usr/share/icons/hicolor/scalable/apps/penstock.svg',
  '/usr/share/lintian/overrides/penstock',
  '/usr/share/man/man1/penstock.1.gz',
  '/usr/share/metainfo/penstock.metainfo.xml',
  '/usr/share/zsh/vendor-completions/_penstock',
].sort()

test('the deb: everything is root’s, nothing is writable for others, and the files are these', () => {
  const all = entries()
  for (const { mode, owner, path } of all) {
    assert.equal(owner, 'root/root', path)
    if (!mode.startsWith('l')) assert.ok(mode[5] !== 'w' && mode[8] !== 'w', `${mode} ${path}`)
  }
  assert.deepEqual(
    all.filter(({ mode }) => /[sS]/u.test(mode)).map(({ path }) => path),
    ['/opt/Penstock/chrome-sandbox'],
  )
  const files = all.filter(({ path }) => !path.endsWith('/')).map(({ path }) => path)
  assert.deepEqual(files.filter((path) => !path.startsWith('/opt/Penstock/')).sort(), BESIDE)
})

test('installed it takes less than 320 MB', () => {
  const kibibytes = Number(run('dpkg-deb', '-f', deb(), 'Installed-Size'))
  assert.ok(kibibytes > 100_000 && kibibytes * 1024 < 320_000_000, `${kibibytes} KiB`)
})

/** All that app.asar may contain; names that the bundler makes end in a hash. */
const IN_ARCHIVE = [
  /^\/package\.json$/u,
  /^\/assets\/icon\.png$/u,
  /^\/native\/build\/Release\/penstock\.node$/u,
  /^\/out\/main\/entry\.mjs$/u,
  /^\/out\/main\/[a-z-]+-[\w-]{8}\.mjs$/u,
  /^\/out\/preload\/preload\.cjs$/u,
  /^\/out\/renderer\/index\.html$/u,
  /^\/out\/renderer\/assets\/index-[\w-]{8}\.(?:css|js)$/u,
  /^\/out\/renderer\/assets\/inter-[a-z-]+-[\w-]{8}\.woff2$/u,
]

test('app.asar holds the bundled application, with the addon beside it', () => {
  const archive = join(UNPACKED, 'resources', 'app.asar')
  const asar = join(ROOT, 'node_modules', '@electron', 'asar', 'bin', 'asar.js')
  const names = linesOf(run(process.execPath, asar, 'list', archive))
  const files = names.filter((name) => !names.some((other) => other.startsWith(`${name}/`)))
  for (const file of files)
    assert.ok(
      IN_ARCHIVE.some((pattern) => pattern.test(file)),
      file,
    )
  for (const pattern of IN_ARCHIVE)
    assert.ok(
      files.some((file) => pattern.test(file)),
      String(pattern),
    )
  assert.ok(statSync(archive).size < 8 * MEBIBYTE)
  const beside = readdirSync(`${archive}.unpacked`, { recursive: true, encoding: 'utf8' })
  assert.deepEqual(
    beside.filter((name) => statSync(join(`${archive}.unpacked`, name)).isFile()),
    ['native/build/Release/penstock.node'],
  )
})

test('the licences of what is in it come with it', () => {
  const notices = readFileSync(join(UNPACKED, 'LICENSES.packages.txt'), 'utf8')
  for (const name of ['react', 'zod', 'selfsigned', '@fontsource-variable/inter', 'uplot']) {
    assert.match(notices, new RegExp(`^${name} \\d`, 'mu'))
  }
})

/** Libraries that the programs and libraries of a folder are linked with and that are not in it. */
function neededBy(folder: string): Set<string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const own = new Set(names.map((name) => name.split('/').at(-1)))
  const needed = new Set<string>()
  for (const name of names) {
    const path = join(folder, name)
    if (!statSync(path).isFile() || !readFileSync(path).subarray(0, 4).equals(Buffer.from('\x7fELF')))
      continue
    for (const [, library = ''] of run('objdump', '-p', path).matchAll(/NEEDED\s+(\S+)/gu)) {
      if (!own.has(library)) needed.add(library)
    }
  }
  return needed
}

test('every library that it is linked with is asked for', () => {
  const depends = new Set(
    run('dpkg-deb', '-f', deb(), 'Depends')
      .split(/[,|]/u)
      .map((one) => one.trim().split(' ')[0] ?? ''),
  )
  const requires = run('rpm', '-qp', '--requires', rpm())
  const needed = neededBy(join(content, 'opt', 'Penstock'))
  assert.ok(needed.size > 20)
  // These come with the C library, or are required by the ones that need them.
  const ofRpm =
    /^(?:ld-linux|libc\.|libdl|libm\.|libpthread|libgcc_s|libglib|libgobject|libnssutil3|libsmime3)/u
  for (const library of needed) {
    const owners = run('dpkg', '-S', `*/${library}`).matchAll(/^([\w.+-]+)(?::\w+)?:/gmu)
    const names = [...owners].map(([, name = '']) => name)
    assert.ok(
      names.some((name) => depends.has(name)),
      `${library}: one of ${names.join(', ')}`,
    )
    if (!ofRpm.test(library)) assert.ok(requires.includes(library), `rpm: ${library}`)
  }
})

test('the cipher library of encrypted transfers is asked for', () => {
  const depends = run('dpkg-deb', '-f', deb(), 'Depends').split(/,\s*/u)
  assert.ok(depends.includes('libssl3t64 | libssl3'), depends.join(', '))
  assert.ok(linesOf(run('rpm', '-qp', '--requires', rpm())).includes('libcrypto.so.3()(64bit)'))
})

test('the module for kernel TLS is loaded by the user alone: a first installation prints how', () => {
  const loaders = /\/(?:modules-load\.d|modprobe\.d)\/|\/etc\/modules$/u
  assert.deepEqual(
    entries().filter(({ path }) => loaders.test(path)),
    [],
  )
  const example = readFileSync(join(content, 'usr/share/doc/penstock/examples/penstock-ktls.conf'), 'utf8')
  assert.deepEqual(
    linesOf(example).filter((line) => !line.startsWith('#')),
    ['tls'],
  )
  const control = join(place, 'control')
  run('dpkg-deb', '-e', deb(), control)
  const postinst = join(control, 'postinst')
  const command = 'echo tls | sudo tee /etc/modules-load.d/penstock-ktls.conf && sudo modprobe tls'
  const loaded = readFileSync('/proc/sys/net/ipv4/tcp_available_ulp', 'utf8').split(/\s/u).includes('tls')
  assert.equal(run('sh', postinst, 'configure').includes(command), !loaded)
  assert.equal(run('sh', postinst, 'configure', VERSION), '')
  const scripts = run('rpm', '-qp', '--scripts', rpm())
  assert.match(scripts, /postinstall scriptlet/u)
  assert.ok(scripts.includes(command))
})

test('lintian finds no error, and every override is used', () => {
  const { status, text } = outcome('lintian', ['--allow-root', '--fail-on', 'error,warning', deb()])
  assert.equal(status, 0, text)
  assert.ok(!outcome('lintian', ['--allow-root', '-I', deb()]).text.includes('unused-override'))
})

test('menu entry, metadata, manual and completions are well-formed', () => {
  const share = join(content, 'usr', 'share')
  run('desktop-file-validate', join(share, 'applications', 'penstock.desktop'))
  run('appstreamcli', 'validate', '--no-net', join(share, 'metainfo', 'penstock.metainfo.xml'))
  const manual = outcome('man', [
    '--warnings',
    '-E',
    'UTF-8',
    '-l',
    join(share, 'man', 'man1', 'penstock.1.gz'),
  ])
  assert.equal(manual.status, 0)
  assert.doesNotMatch(manual.text, /:\d+: warning:/u, manual.text)
  assert.match(manual.text, /--durability/u)
  run('bash', '-n', join(share, 'bash-completion', 'completions', 'penstock'))
  run('zsh', '-n', join(share, 'zsh', 'vendor-completions', '_penstock'))
  const fish = join(share, 'fish', 'vendor_completions.d', 'penstock.fish')
  const offered = run('fish', '--no-config', '-c', `source ${fish}; complete -C 'penstock receive --accept '`)
  assert.deepEqual(
    linesOf(offered)
      .map((line) => line.split('\t')[0])
      .sort(),
    ['all', 'always', 'ask'],
  )
})

test('each action of the menu entry exists in the application', () => {
  const entry = readFileSync(join(content, 'usr', 'share', 'applications', 'penstock.desktop'), 'utf8')
  assert.match(entry, /^Exec=\/opt\/Penstock\/penstock %F$/mu)
  assert.match(entry, /^Actions=settings;$/mu)
  assert.match(
    entry,
    /^\[Desktop Action settings\]\n(?:Name.*\n)+Exec=\/opt\/Penstock\/penstock --page=settings$/mu,
  )
})

test('the rpm holds the same files, with the same modes', () => {
  const listed = linesOf(
    run('rpm', '-qp', '--qf', '[%{FILEMODES:perms} %{FILEUSERNAME} %{FILENAMES}\\n]', rpm()),
  )
  const files = listed.map((line) => line.split(' ')).filter(([mode = '']) => !mode.startsWith('d'))
  const inDeb = entries().filter(({ path }) => !path.endsWith('/'))
  assert.deepEqual(
    files.map(([mode, owner, path]) => `${mode} ${owner} ${path}`).sort(),
    inDeb.map(({ mode, path }) => `${mode} root ${path}`).sort(),
  )
  assert.match(run('rpm', '-K', '--nosignature', rpm()), /OK/u)
})

test('the archive runs where it is unpacked, also through a link', () => {
  const folder = join(place, 'archive')
  run('mkdir', folder)
  run('tar', '-xzf', tarball(), '-C', folder)
  const [top = ''] = readdirSync(folder)
  assert.equal(top, `penstock-${VERSION}`)
  const link = join(place, 'penstock')
  symlinkSync(join(folder, top, 'bin', 'penstock'), link)
  assert.equal(run(link, '--version').trim(), VERSION)
})

test('the fuses of a release are set, and it is no Node for others', () => {
  const program = join(UNPACKED, 'penstock')
  const fuses = join(ROOT, 'node_modules', '@electron', 'fuses', 'dist', 'bin.js')
  const text = run(process.execPath, fuses, 'read', '--app', program)
  for (const name of ['RunAsNode', 'EnableNodeOptionsEnvironmentVariable', 'EnableNodeCliInspectArguments'])
    assert.match(text, new RegExp(`${name} is Disabled`, 'u'))
  for (const name of ['OnlyLoadAppFromAsar', 'EnableEmbeddedAsarIntegrityValidation'])
    assert.match(text, new RegExp(`${name} is Enabled`, 'u'))
  const asNode = outcome('env', ['ELECTRON_RUN_AS_NODE=1', join(UNPACKED, 'bin', 'penstock'), '--version'])
  assert.equal(asNode.text.trim(), VERSION)
})
