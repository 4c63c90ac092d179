import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MODULES, ROOT } from '../setup/paths.mjs'
import { cleanEnvironment } from '../setup/process.mjs'
import { countsIn, verdict } from './counts.mjs'

/**
 * One group of checks: a command, or the reason why it cannot run here.
 * @typedef {{ name: string, command?: string[], env?: Record<string, string>, countsTests?: boolean, notRun?: string }} Group
 */

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

/** Runs these files in Node's test runner, at most `concurrency` at once. */
export function nodeTests(
  files,
  { concurrency = 2, node = process.execPath, env = {}, timeoutMs = 300_000 } = {},
) {
  // Without files the runner looks for its own.
  if (files.length === 0) return { command: [process.execPath, '--eval', ''], countsTests: true }
  const options = [`--test-concurrency=${concurrency}`, `--test-timeout=${timeoutMs}`, '--test-reporter=spec']
  return { command: [node, '--import', 'tsx', '--test', ...options, ...files], env, countsTests: true }
}

/** Runs a command and shows its output. Resolves with its exit code and its output. */
function run(command, env) {
  return new Promise((resolve) => {
    const [program = '', ...args] = command
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    const show = (stream) => (chunk) => {
      text += chunk
      stream.write(chunk)
    }
    child.stdout.setEncoding('utf8').on('data', show(process.stdout))
    child.stderr.setEncoding('utf8').on('data', show(process.stderr))
    child.on('error', (error) => {
      console.log(String(error))
      resolve({ code: 1, text })
    })
    child.on('close', (code) => resolve({ code, text }))
  })
}

/** @param {Group} group */
async function runGroup({ name, command = [], env = {}, countsTests = false, notRun }) {
  console.log(`\n── ${name}`)
  if (notRun !== undefined) {
    const reason = `NOT RUN: ${name}: ${notRun}`
    console.log(reason)
    return { name, held: true, counts: { passed: 0, failed: 0, skipped: 0, notRun: [reason] } }
  }
  const started = Date.now()
  const { code, text } = await run(command, env)
  const counts = countsIn(text)
  const word = verdict({ code, counts, countsTests })
  // A check without tests of its own (types, lint) counts as one.
  if (!countsTests) counts.passed = word === 'held' ? 1 : 0
  if (word !== 'held') counts.failed = Math.max(1, counts.failed)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(`── ${name}: ${word}, ${counts.passed} passed, ${counts.failed} failed (${seconds} s)`)
  return { name, held: word === 'held', counts }
}

/**
 * Runs the groups one after the other and continues after a failure. The process exits with 0 only if all groups held
 * and, in CI, all groups ran.
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
  const results = []
  for (const group of groups) {
    if (chosen.length === 0 || chosen.includes(group.name)) results.push(await runGroup(group))
  }
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
