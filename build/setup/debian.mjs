import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { giveUp, say } from './say.mjs'
import { step } from './process.mjs'

const isRoot = () => process.getuid?.() === 0
const isDebian = () => existsSync('/etc/debian_version')

function isInstalled(name) {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' })
  return (stdout ?? '').includes('install ok installed')
}

function exists(name) {
  return spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0
}

/** `a|b` names one library that releases call differently: true when one of them is there. */
export function missingOf(packages) {
  return packages.filter((choice) => !choice.split('|').some(isInstalled))
}

/** Installs Debian packages as root, or ends with the one command to type. */
export function ensurePackages(packages, why) {
  const missing = isDebian() ? missingOf(packages) : []
  if (isDebian() && missing.length === 0) return
  const names = (missing.length > 0 ? missing : packages).map((choice) => choice.split('|')[0])
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`
  if (!isDebian()) giveUp(`${why}. Install what your system calls: ${names.join(', ')}`)
  if (!isRoot()) giveUp(`${why}. Type: sudo ${command}`)
  say(`${why}: installing ${names.join(', ')}`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  step('apt-get', ['update', '-qq'], { env: environment })
  const chosen = missing.map((choice) => choice.split('|').find(exists) ?? choice.split('|')[0])
  const args = ['install', '-y', '-qq', '--no-install-recommends', ...chosen]
  if (!step('apt-get', args, { env: environment })) giveUp(`${why}, and installing failed. Type: ${command}`)
}
