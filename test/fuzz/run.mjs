// Builds the fuzz targets of this folder with clang, AddressSanitizer and UBSan, and runs them from the corpus beside them.
//   node test/fuzz/run.mjs                  each target for a short time, as the checks do
//   node test/fuzz/run.mjs TARGET INPUTS    one target for that many inputs, however long they take
//   node test/fuzz/run.mjs TARGET FILE      one input again
//   node test/fuzz/run.mjs TARGET --shrink  the same, and leaves in the corpus what reaches all that it reached
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { installPackages } from '../../build/setup/electron/debian.mjs'
import { ROOT } from '../../build/setup/paths.mjs'
import { step } from '../../build/setup/process.mjs'
import { giveUp } from '../../build/setup/print.mjs'

const HERE = join(ROOT, 'test', 'fuzz')
const NATIVE = join(ROOT, 'native')
const OUT = join(NATIVE, 'build', 'fuzz')
const COMPILER = 'clang++'
const SANITIZERS = '-fsanitize=fuzzer,address,undefined'
/** For one target in the checks; the first that is reached ends it. */
const SHORT = { seconds: 20, inputs: 2_000_000 }

/** What each target is made of besides its own file, relative to `native`, and the longest input. */
const TARGETS = {
  frames: {
    sources: [
      'wire/delivery.cc',
      'wire/frame.cc',
      'wire/wire_errno.cc',
      'errors/errors.cc',
      'os/linux/errors/errno_name.cc',
    ].map((name) => `src/${name}`),
    longest: 512,
  },
  globs: {
    sources: ['files/source/glob.cc', 'files/source/exclusions.cc', 'base/utf8.cc'].map(
      (name) => `src/${name}`,
    ),
    longest: 256,
  },
  names: {
    sources: ['files/names/names.cc', 'files/names/other_names.cc', 'base/utf8.cc', 'base/sha256.cc'].map(
      (name) => `src/${name}`,
    ),
    longest: 1024,
  },
  records: {
    sources: ['driver/record_bytes.cc', 'driver/check.cc', 'src/wire/record.cc', 'src/os/linux/wire/aead.cc'],
    longest: 64,
  },
}

const majorOf = (text) => /\d+/u.exec(text)?.[0]

/** Why nothing can be fuzzed on this machine; null if it can. Installs what is missing if it may. */
export function whyNoFuzz() {
  if (process.platform !== 'linux') return 'the targets are made for Linux'
  const compiler = installPackages(['clang'])
  if (compiler !== null) return `fuzzing needs clang. ${compiler}`
  const major = majorOf(spawnSync(COMPILER, ['-dumpversion'], { encoding: 'utf8' }).stdout ?? '')
  if (major === undefined) return `${COMPILER} cannot be run`
  const library = installPackages([`libclang-rt-${major}-dev`])
  return library === null ? null : `fuzzing needs clang's run-time library. ${library}`
}

/** Builds a target and returns its program. */
function build(name) {
  mkdirSync(OUT, { recursive: true })
  const program = join(OUT, name)
  const strict = ['-std=c++17', '-O2', '-g', '-Wall', '-Wextra', '-Werror']
  const sanitize = [SANITIZERS, '-fno-sanitize-recover=all']
  const folders = ['src', 'src/os/posix', 'driver'].map((folder) => `-I${join(NATIVE, folder)}`)
  const sources = [join(HERE, `${name}.cc`), ...TARGETS[name].sources.map((source) => join(NATIVE, source))]
  if (!step(COMPILER, [...strict, ...sanitize, ...folders, ...sources, '-ldl', '-o', program]))
    giveUp(`the fuzz target ${name} could not be compiled`)
  return program
}

/** Runs a target's program; its output is shown only if it found something. */
function run(program, args) {
  const env = { ...process.env, ASAN_OPTIONS: 'malloc_context_size=2:quarantine_size_mb=16' }
  const options = { cwd: OUT, env, encoding: /** @type {const} */ ('utf8'), maxBuffer: 2 ** 28 }
  const { status, stderr } = spawnSync(program, args, options)
  return { held: status === 0, text: stderr }
}

const corpusOf = (name) => join(HERE, 'corpus', name)

/** Fuzzes within limits. Prints the number of inputs and whether one of them failed. */
function fuzz(name, limits) {
  const program = build(name)
  const fresh = mkdtempSync(join(tmpdir(), 'penstock-fuzz-'))
  const length = `-max_len=${TARGETS[name].longest}`
  const options = [length, ...limits, '-print_final_stats=1', `-artifact_prefix=${OUT}/`]
  const { held, text } = run(program, [...options, fresh, corpusOf(name)])
  rmSync(fresh, { recursive: true })
  const seed = /INFO: Seed: (\d+)/u.exec(text)?.[1] ?? 'unknown'
  const inputs = Number(/stat::number_of_executed_units: (\d+)/u.exec(text)?.[1] ?? 0)
  const rate = Number(/stat::average_exec_per_sec: +(\d+)/u.exec(text)?.[1] ?? 0)
  if (!held) {
    console.log(text.split('\n').slice(-60).join('\n'))
    console.log(`To repeat: node test/fuzz/run.mjs ${name} FILE, with the file that is named above`)
  }
  const kept = readdirSync(corpusOf(name)).length
  console.log(
    `${held ? 'held' : 'FAILED'}: ${name}: ${inputs} inputs, ${rate} a second, seed ${seed}, from a corpus of ${kept}`,
  )
  return held
}

/** Replaces the corpus by the smallest inputs that reach as much. */
function shrink(name) {
  const program = build(name)
  const draft = join(OUT, `${name}-corpus`)
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft)
  const { held, text } = run(program, ['-merge=1', '-use_counters=0', draft, corpusOf(name)])
  if (!held) giveUp(text)
  rmSync(corpusOf(name), { recursive: true })
  renameSync(draft, corpusOf(name))
  console.log(`${name}: ${readdirSync(corpusOf(name)).length} inputs are kept`)
  return true
}

function repeat(name, file) {
  const { held, text } = run(build(name), [file])
  console.log(text)
  return held
}

function chosen([name, what]) {
  const short = [`-runs=${SHORT.inputs}`, `-max_total_time=${SHORT.seconds}`]
  if (name === undefined) return Object.keys(TARGETS).map((each) => fuzz(each, short))
  if (!(name in TARGETS) || what === undefined)
    giveUp(`usage: ${relative(ROOT, HERE)}/run.mjs [${Object.keys(TARGETS).join('|')} INPUTS|FILE|--shrink]`)
  if (what === '--shrink') return [shrink(name)]
  if (existsSync(what)) return [repeat(name, what)]
  return [fuzz(name, [`-runs=${Number(what)}`])]
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const why = whyNoFuzz()
  if (why !== null) giveUp(why)
  process.exitCode = chosen(process.argv.slice(2)).every(Boolean) ? 0 : 1
}
