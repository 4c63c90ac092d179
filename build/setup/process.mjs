import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { ROOT } from './paths.mjs'

/** Variables that setup steps must not inherit: npm settings that mislead node-gyp, and the user's PIN. */
const LEAKING = [/^npm_config_nodedir$/i, /^npm_config_disturl$/i, /^npm_config_dist_url$/i, /^PENSTOCK_PIN$/]

/**
 * The environment for setup steps: without npm's settings and the PIN.
 * @param {Record<string, string | undefined>} environment
 * @returns {Record<string, string | undefined>}
 */
export function cleanEnvironment(environment = process.env) {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !LEAKING.some((pattern) => pattern.test(name))),
  )
}

/**
 * Runs a step with its output on standard error; returns true if it exits with 0.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
export function step(command, args, options = {}) {
  const { status } = spawnSync(command, args, {
    cwd: ROOT,
    env: cleanEnvironment(),
    stdio: ['ignore', 2, 2],
    // npm is a batch file on Windows, which only a shell can start.
    shell: process.platform === 'win32' && command.endsWith('.cmd'),
    ...options,
  })
  return status === 0
}

/**
 * Whether a program can be started.
 * @param {string} command
 */
export function has(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

/**
 * Replaces this process by a program: the program inherits the streams, receives the signals, and its end is ours.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function become(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options })
  // A terminal has already sent the signal to the child, which takes two within a moment for one key press.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`penstock: ${command} could not be started: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1))
  })
}
