import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MODULES, ROOT } from '../setup/paths.mjs'
import { cleanEnvironment } from '../setup/process.mjs'

/** A package's own program, run by this Node. */
export function tool(packageName, path) {
  return [process.execPath, join(MODULES, packageName, path)]
}

/** Test files below a folder of the project, in order. */
export function testsBelow(folder, skip = () => false) {
  const start = join(ROOT, folder)
  if (!existsSync(start)) return []
  return readdirSync(start, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .filter((name) => !skip(name))
    .sort()
}

/** Node's test runner over these files, at most `concurrency` of them at once. */
export function nodeTests(files, { concurrency = 2, node = process.execPath, env = {}, timeoutMs = 300_000 } = {}) {
  const options = [`--test-concurrency=${concurrency}`, `--test-timeout=${timeoutMs}`, '--test-reporter=spec']
  return { command: [node, '--import', 'tsx', '--test', ...options, ...files], env, countsTests: true }
}

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')
const COUNT = /^(?:ℹ|#) (pass|fail|cancelled|skipped) (\d+)$/u
const VITEST = /^\s*Tests\s+(?:(\d+) failed \| )?(?:(\d+) passed)/u

/** What a runner's closing lines say. */
export function countsIn(text) {
  const counts = { passed: 0, failed: 0, skipped: 0, notRun: [] }
  for (const line of text.replace(COLOURS, '').split('\n')) {
    const count = COUNT.exec(line)
    if (count?.[1] === 'pass') counts.passed += Number(count[2])
    else if (count?.[1] === 'skipped') counts.skipped += Number(count[2])
    else if (count) counts.failed += Number(count[2])
    const vitest = VITEST.exec(line)
    if (vitest) {
      counts.failed += Number(vitest[1] ?? 0)
      counts.passed += Number(vitest[2] ?? 0)
    }
    const reason = /NOT RUN: .+/u.exec(line)
    if (reason) counts.notRun.push(reason[0])
  }
  return counts
}

/** Runs one group, showing its output as it comes; resolves with its counts and whether it held. */
export function runGroup({ name, command, env = {}, countsTests = false }) {
  console.log(`\n── ${name}`)
  const started = Date.now()
  return new Promise((resolve) => {
    const [program = '', ...args] = command
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.setEncoding('utf8')
      from.on('data', (chunk) => {
        text += chunk
        to.write(chunk)
      })
    }
    child.on('error', (error) => {
      text += String(error)
      console.log(String(error))
    })
    child.on('close', (code) => {
      const counts = countsIn(text)
      const seconds = ((Date.now() - started) / 1000).toFixed(1)
      const empty = countsTests && counts.passed === 0
      const held = code === 0 && counts.failed === 0 && !empty
      console.log(`── ${name}: ${held ? 'held' : empty ? 'NO TEST RAN' : 'FAILED'} (${seconds} s)`)
      resolve({ name, held, counts, countsTests })
    })
  })
}

/** Runs the groups one after the other and ends the process: 0 only when all held, and in CI all could be run. */
export async function runAll(groups) {
  const results = []
  for (const group of groups) results.push(await runGroup(group))
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const { held, counts, countsTests } of results) {
    sum.skipped += counts.skipped
    // A check without tests of its own (types, lint) counts as one.
    sum.passed += countsTests ? counts.passed : held ? 1 : 0
    sum.failed += held ? 0 : Math.max(1, counts.failed)
  }
  const notRun = results.flatMap(({ counts }) => counts.notRun)
  for (const reason of new Set(notRun)) console.log(reason)
  const strict = process.env['CI'] !== undefined && notRun.length > 0
  if (strict) console.log('In CI everything has to run.')
  for (const { name, held } of results) if (!held) console.log(`FAILED: ${name}`)
  console.log(`\n${sum.passed} passed, ${sum.failed + (strict ? notRun.length : 0)} failed, ${sum.skipped} skipped`)
  process.exitCode = sum.failed === 0 && !strict ? 0 : 1
}
