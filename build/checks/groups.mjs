import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MODULES, ROOT } from '../setup/paths.mjs'
import { cleanEnvironment } from '../setup/process.mjs'
import { countsIn, verdict } from './counts.mjs'

/**
 * One group of checks: a command, or the reason why it cannot run here.
 * `isStatic`: it only reads the project, so it may run beside other static groups.
 * @typedef {{ name: string, command?: string[], env?: Record<string, string>, countsTests?: boolean, isStatic?: boolean, notRun?: string }} Group
 */

/** Static groups that run at once; each is one thread. */
const STATIC_AT_ONCE = 2

/** A program of a package, run by this Node. */
export function tool(packageName, path) {
  return [process.execPath, join(MODULES, packageName, path)]
}

/** Files below a folder of the project whose names match, in order. */
export function filesBelow(folder, pattern) {
  const start = join(ROOT, folder)
  if (!existsSync(start)) return []
  return readdirSync(start, { recursive: true })
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name))
    .sort()
}

/** Test files below a folder of the project, in order. */
export function testsBelow(folder, skip = () => false) {
  return filesBelow(folder, /\.test\.tsx?$/u).filter((name) => !skip(name))
}

/** Files of tests that run at once: of three, one waits for a process, a disk or a limit. */
const FILES_AT_ONCE = 3

/** Runs these files in Node's test runner, at most `concurrency` at once. */
export function nodeTests(
  files,
  { concurrency = FILES_AT_ONCE, node = process.execPath, env = {}, timeoutMs = 300_000 } = {},
) {
  // Without files the runner looks for its own.
  if (files.length === 0) return { command: [process.execPath, '--eval', ''], countsTests: true }
  const options = [`--test-concurrency=${concurrency}`, `--test-timeout=${timeoutMs}`, '--test-reporter=spec']
  return { command: [node, '--import', 'tsx', '--test', ...options, ...files], env, countsTests: true }
}

/** Runs a command; `show` gets its output as it arrives. Resolves with its exit code and its output. */
function run(command, env, show) {
  return new Promise((resolve) => {
    const [program = '', ...args] = command
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    const add = (stream) => (chunk) => {
      text += chunk
      show(stream, chunk)
    }
    child.stdout.setEncoding('utf8').on('data', add(process.stdout))
    child.stderr.setEncoding('utf8').on('data', add(process.stderr))
    child.on('error', (error) => {
      console.log(String(error))
      resolve({ code: 1, text })
    })
    child.on('close', (code) => resolve({ code, text }))
  })
}

/** @param {Group} group */
async function runGroup({ name, command = [], env = {}, countsTests = false, isStatic = false, notRun }) {
  if (!isStatic) console.log(`\n── ${name}`)
  if (notRun !== undefined) {
    const reason = `NOT RUN: ${name}: ${notRun}`
    console.log(reason)
    return { name, held: true, counts: { passed: 0, failed: 0, skipped: 0, notRun: [reason] } }
  }
  const started = Date.now()
  // A group that runs beside others prints its output in one piece.
  const { code, text } = await run(command, env, (stream, chunk) => isStatic || stream.write(chunk))
  if (isStatic) process.stdout.write(`\n── ${name}\n${text}`)
  const counts = countsIn(text)
  const word = verdict({ code, counts, countsTests })
  // A check without tests of its own (types, lint) counts as one.
  if (!countsTests) counts.passed = word === 'held' ? 1 : 0
  if (word !== 'held') counts.failed = Math.max(1, counts.failed)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(`── ${name}: ${word}, ${counts.passed} passed, ${counts.failed} failed (${seconds} s)`)
  return { name, held: word === 'held', counts }
}

/** Runs groups in their order, at most `atOnce` at a time. */
async function inLanes(groups, atOnce) {
  const results = new Array(groups.length)
  const queue = groups.entries()
  const lane = async () => {
    for (const [at, group] of queue) results[at] = await runGroup(group)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return results
}

/**
 * Runs the static groups side by side, then the others one after the other, and continues after a failure. The process
 * exits with 0 only if all groups held and, in CI, all groups ran.
 * @param {readonly Group[]} groups
 * @param {readonly string[]} chosen names of the groups to run; empty runs all
 */
export async function runAll(groups, chosen = []) {
  const names = groups.map(({ name }) => name)
  const unknown = chosen.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    console.log(`No group is called ${unknown.join(', ')}. There are: ${names.join(', ')}`)
    process.exitCode = 2
    return
  }
  const wanted = groups.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
  const results = [
    ...(await inLanes(
      wanted.filter(({ isStatic }) => isStatic),
      STATIC_AT_ONCE,
    )),
    ...(await inLanes(
      wanted.filter(({ isStatic }) => !isStatic),
      1,
    )),
  ]
  const sum = (field) => results.reduce((total, { counts }) => total + counts[field], 0)
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')]
  const notRun = results.flatMap(({ counts }) => counts.notRun)
  console.log('')
  for (const reason of notRun) console.log(reason)
  for (const { name, held } of results) if (!held) console.log(`FAILED: ${name}`)
  const inCi = (process.env['CI'] ?? '') !== ''
  const leftOut = inCi ? notRun.length : 0
  if (leftOut > 0) console.log('In CI what was not run counts as failed.')
  console.log(`${passed} passed, ${failed + leftOut} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = failed + leftOut === 0 ? 0 : 1
}
