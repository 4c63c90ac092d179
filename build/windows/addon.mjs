import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureReady } from '../setup/ensure.mjs'
import { MODULES, ROOT } from '../setup/paths.mjs'
import { step } from '../setup/process.mjs'
import { giveUp, print } from '../setup/print.mjs'
import { isStamped, stateOf, unstamp, writeStamp } from '../setup/compile/stamp.mjs'
import { ensurePackages } from '../setup/electron/debian.mjs'

const NATIVE = join(ROOT, 'native')
const OUT = join(NATIVE, 'build', 'windows')
const STAMP = join(OUT, 'stamp')
const PREFIX = 'x86_64-w64-mingw32-'
const COMPILER = `${PREFIX}g++-posix`
const HOOK = join(ROOT, 'build', 'windows', 'delay_load.cc')

/** Output path of the cross-built addon. */
export const WINDOWS_ADDON = join(OUT, 'penstock.node')

const versionOf = (name) => JSON.parse(readFileSync(join(MODULES, name, 'package.json'), 'utf8')).version

/** The addon's part of binding.gyp for Windows, with its library, so that the sources are listed once. */
function target() {
  const script = [
    'import ast, json, sys',
    'gyp = ast.literal_eval(open(sys.argv[1]).read())',
    "named = {target['target_name']: target for target in gyp['targets']}",
    "variables = {'OS': 'win', 'target_arch': 'x64'}",
    'whole = {}',
    'def take(settings):',
    '    for key, value in settings.items():',
    '        if isinstance(value, list) and key not in ("conditions", "dependencies"):',
    '            whole[key] = whole.get(key, []) + value',
    "    for condition, more in settings.get('conditions', []):",
    '        if eval(condition, {}, variables): take(more)',
    "for settings in (gyp['target_defaults'], named['penstock_engine'], named['penstock']): take(settings)",
    'print(json.dumps(whole))',
  ].join('\n')
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script, join(NATIVE, 'binding.gyp')], {
    encoding: 'utf8',
  })
  if (status !== 0) giveUp(`native/binding.gyp could not be read: ${stderr}`)
  return JSON.parse(stdout)
}

function flagsOf({ defines, cflags_cc: flags, include_dirs: folders }) {
  const own = folders.filter((folder) => !folder.startsWith('<')).map((folder) => join(NATIVE, folder))
  const headers = [join(MODULES, 'node-addon-api'), join(MODULES, 'node-api-headers', 'include')]
  // Windows 10 is the oldest that Electron and Node support.
  const system = [
    'UNICODE',
    'NOMINMAX',
    'WIN32_LEAN_AND_MEAN',
    '_WIN32_WINNT=0x0A00',
    'BUILDING_NODE_EXTENSION',
  ]
  return [
    ...flags,
    ...[...defines, ...system].map((name) => `-D${name}`),
    ...own.map((folder) => `-I${folder}`),
    ...headers.flatMap((folder) => ['-isystem', folder]),
  ]
}

/** Runs the commands, one for each processor at once; false if one fails. */
function compile(objects, flags) {
  const rules = objects.map(
    ({ source, object }) => `${object}: ${source}\n\t@${COMPILER} ${flags} -MMD -MP -c $< -o $@\n`,
  )
  const all = objects.map(({ object }) => object).join(' ')
  const found = objects.map(({ object }) => object.replace(/\.o$/u, '.d')).join(' ')
  const makefile = `all: ${all}\n${rules.join('')}-include ${found}\n`
  const { status } = spawnSync('make', ['-s', `-j${availableParallelism()}`, '-f', '-', 'all'], {
    cwd: ROOT,
    input: makefile,
    stdio: ['pipe', 2, 2],
  })
  return status === 0
}

/** An import library that resolves Node-API on the first call. */
function importLibrary() {
  const library = join(OUT, 'libnode.a')
  const definitions = join(MODULES, 'node-api-headers', 'def', 'node_api.def')
  const made = step(`${PREFIX}dlltool`, ['-d', definitions, '-D', 'node.exe', '-y', library])
  if (!made) giveUp('the import library of Node-API could not be made')
  return library
}

const flat = (source) => relative(ROOT, source).replaceAll('/', '-').replace(/\.cc$/u, '')

function build() {
  ensurePackages(
    ['g++-mingw-w64-x86-64-posix', 'make', 'python3'],
    'the addon for Windows needs a cross compiler',
  )
  mkdirSync(OUT, { recursive: true })
  const wanted = target()
  const sources = [...wanted.sources.map((name) => join(NATIVE, name)), HOOK]
  const objects = sources.map((source) => ({ source, object: join(OUT, `${flat(source)}.o`) }))
  if (!compile(objects, flagsOf(wanted).join(' '))) giveUp('the addon for Windows could not be compiled')
  const link = ['-shared', '-static', '-static-libgcc', '-static-libstdc++', '-s', '-o', WINDOWS_ADDON]
  const libraries = [importLibrary(), '-ldelayimp', '-lws2_32', '-lmswsock', '-lntdll', '-lbcrypt']
  if (!step(COMPILER, [...link, ...objects.map(({ object }) => object), ...libraries])) {
    giveUp('the addon for Windows could not be linked')
  }
}

/** Cross-builds the addon for 64-bit Windows if it is missing or its sources have changed. Returns its path. */
export function ensureWindowsAddon() {
  const versions = ['node-addon-api', 'node-api-headers'].map(versionOf)
  const inputs = { paths: ['native/binding.gyp', 'native/src', 'build/windows'], words: versions }
  if (isStamped(STAMP, ROOT, inputs)) return WINDOWS_ADDON
  print('building the native addon for Windows')
  unstamp(STAMP)
  const state = stateOf(ROOT, inputs)
  build()
  writeStamp(STAMP, state)
  return WINDOWS_ADDON
}

/** `node build/windows/addon.mjs` */
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensureReady()
  process.stdout.write(`${ensureWindowsAddon()}\n`)
}
