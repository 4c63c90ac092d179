// Compiles the addon for macOS, ARM and Intel, with the real headers and every warning an error. It cannot run here, so
// this check shows only that it compiles.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { CACHE, MODULES, ROOT } from '../setup/paths.mjs'
import { installPinned } from '../setup/pinned.mjs'
import { giveUp, print } from '../setup/print.mjs'
import { hashOf } from '../setup/compile/stamp.mjs'

const HERE = join('build', 'macos')
const FOLDER = join(CACHE, 'macos-compiler')
const COMPILER = join(FOLDER, 'node_modules', '@ryoppippi', 'zig-linux-x64', 'zig')
/** The compiler writes objects beside itself unless it is given a place. */
const OBJECTS = join(FOLDER, 'objects')
const MADE_FROM = join(FOLDER, 'made-from')
const TARGETS = [
  { name: 'arm64', triple: 'aarch64-macos.11.0-none', crc: 'crc32c_arm64.cc', flags: [] },
  { name: 'x64', triple: 'x86_64-macos.11.0-none', crc: 'crc32c_x86.cc', flags: ['-mcrc32'] },
]
const FOLDERS = [
  'base',
  'system',
  'errors',
  'facts',
  'wire',
  'session',
  'connection',
  'send',
  'receive',
  'files',
  'copy',
  'os/posix',
  'os/macos',
  'os/macos-windows',
  'napi',
]

/** The cross compiler, downloaded once and pinned by the lockfile beside this file. */
function compiler() {
  const wanted = hashOf(ROOT, { paths: [HERE] })
  if (existsSync(MADE_FROM) && readFileSync(MADE_FROM, 'utf8') === wanted) return COMPILER
  print('fetching a cross compiler with the headers of macOS (once)')
  const draft = `${FOLDER}.draft`
  if (!installPinned(HERE, draft)) giveUp('the cross compiler could not be fetched')
  writeFileSync(join(draft, 'made-from'), wanted)
  rmSync(FOLDER, { recursive: true, force: true })
  renameSync(draft, FOLDER)
  return COMPILER
}

/** The sources of a build for this processor, relative to `native`. */
function sources({ crc }) {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, 'native', 'src', folder), { recursive: true })
      .filter((name) => name.endsWith('.cc'))
      .filter((name) => !/crc32c_(?!table)/u.test(name) || name.endsWith(`/${crc}`))
      .map((name) => `src/${folder}/${name}`),
  )
}

function argumentsFor({ triple, flags }, source) {
  const defines = ['NAPI_VERSION=8', 'NODE_ADDON_API_CPP_EXCEPTIONS', 'NODE_ADDON_API_CPP_EXCEPTIONS_ALL']
  const own = ['src', 'src/os/posix'].map((folder) => `-I${folder}`)
  const others = ['node-api-headers/include', 'node-addon-api'].flatMap((path) => [
    '-isystem',
    join(MODULES, path),
  ])
  const strict = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-fexceptions']
  return [
    'c++',
    '-target',
    triple,
    ...flags,
    ...strict,
    ...defines.map((name) => `-D${name}`),
    ...own,
    ...others,
    '-c',
    source,
    '-o',
    join(OBJECTS, `${triple}-${source.replaceAll('/', '-')}.o`),
  ]
}

/** Resolves with whether the source compiles; the compiler's messages go to standard error. */
function compiles(program, args) {
  // By default the compiler caches its own headers in the user's home.
  const env = {
    ...process.env,
    ZIG_GLOBAL_CACHE_DIR: join(FOLDER, 'built'),
    ZIG_LOCAL_CACHE_DIR: join(FOLDER, 'built'),
  }
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: join(ROOT, 'native'), env, stdio: ['ignore', 2, 2] })
    child.on('error', () => resolve(false))
    child.on('close', (code) => resolve(code === 0))
  })
}

/** The check compiles exactly the files that the real build compiles. */
function unlisted(list) {
  const gyp = readFileSync(join(ROOT, 'native', 'binding.gyp'), 'utf8')
  return list.filter((source) => !gyp.includes(`'${source}'`))
}

const program = compiler()
mkdirSync(OBJECTS, { recursive: true })
const failures = []
for (const target of TARGETS) {
  const list = sources(target)
  const before = failures.length
  failures.push(...unlisted(list).map((source) => `${source} is not in binding.gyp`))
  const waiting = [...list]
  const worker = async () => {
    for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
      if (!(await compiles(program, argumentsFor(target, source))))
        failures.push(`${source} for ${target.name}`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  if (failures.length === before) console.log(`macOS ${target.name}: ${list.length} sources compiled`)
}
for (const failure of failures) console.log(`FAILED: ${failure}`)
process.exitCode = failures.length === 0 ? 0 : 1
