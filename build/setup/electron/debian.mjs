import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { step } from '../process.mjs'
import { giveUp, print } from '../print.mjs'

const isRoot = () => process.getuid?.() === 0
export const isDebian = () => existsSync('/etc/debian_version')

function installed(names) {
  const format = '${Package} ${db:Status-Status}\n'
  const { stdout } = spawnSync('dpkg-query', ['-W', `-f=${format}`, ...names], { encoding: 'utf8' })
  return new Set(
    (stdout ?? '').split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])),
  )
}

const namesOf = (choice) => choice.split('|')
const isKnown = (name) => spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0

/**
 * Installs missing Debian packages if the user is root.
 * @param {readonly string[]} packages `a|b` gives two names that releases use for one package
 * @returns {string | null} null if all are installed, otherwise a sentence with the one command to type
 */
export function installPackages(packages) {
  if (!isDebian())
    return `Install what your system calls: ${packages.map((choice) => namesOf(choice)[0]).join(', ')}`
  const there = installed(packages.flatMap(namesOf))
  const missing = packages.filter((choice) => !namesOf(choice).some((name) => there.has(name)))
  if (missing.length === 0) return null
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  if (isRoot()) {
    print(`installing system packages: ${missing.map((choice) => namesOf(choice)[0]).join(', ')}`)
    step('apt-get', ['update', '-qq'], quiet)
  }
  const chosen = missing.map((choice) => namesOf(choice).find(isKnown) ?? namesOf(choice)[0])
  const args = ['install', '-y', '--no-install-recommends', ...chosen]
  if (isRoot() && step('apt-get', [...args, '-qq'], quiet)) return null
  return `Type: ${isRoot() ? '' : 'sudo '}apt-get ${args.join(' ')}`
}

/**
 * Like the function above, but exits with that sentence if the packages cannot be installed.
 * @param {readonly string[]} packages
 * @param {string} why
 */
export function ensurePackages(packages, why) {
  const toDo = installPackages(packages)
  if (toDo !== null) giveUp(`${why}. ${toDo}`)
}
