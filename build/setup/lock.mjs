import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 200
const NOBODY_MS = 1000

/** The start time of a process, as the kernel prints it; null if the system does not report it. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name, in parentheses, may contain any character: count the fields after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

/**
 * A unique name of a process: a number alone is reused.
 * @param {number} pid
 */
export function nameOf(pid) {
  return `${pid} ${startOf(pid) ?? '-'}`
}

/**
 * Whether the process with this name (see `nameOf`) still runs.
 * @param {string} name
 */
export function isAlive(name) {
  const pid = Number(name.split(' ')[0])
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  return nameOf(pid) === name
}

function holderOf(folder) {
  try {
    return readFileSync(join(folder, 'holder'), 'utf8')
  } catch {
    return null
  }
}

/** Takes the lock in one step, with the holder's name already in it; false if another process holds it. */
function take(folder) {
  const draft = `${folder}.${process.pid}`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true })
  writeFileSync(join(draft, 'holder'), nameOf(process.pid))
  try {
    // A folder can replace only an empty one, and a lock is never empty.
    renameSync(draft, folder)
    return true
  } catch {
    rmSync(draft, { recursive: true, force: true })
    return false
  }
}

/** Moves a dead holder's lock away; restores it if a new holder has taken it since the check. */
function clear(folder, dead) {
  const aside = `${folder}.stale.${process.pid}`
  try {
    renameSync(folder, aside)
    if (holderOf(aside) !== dead) renameSync(aside, folder)
  } catch {
    // Another waiter was faster.
  }
  rmSync(aside, { recursive: true, force: true })
}

/**
 * Runs `work` while no other process does. Takes over a lock whose process has ended.
 * @template T
 * @param {string} folder the lock: a folder that exists while it is held
 * @param {() => T | Promise<T>} work
 * @param {() => void} onWait called once if another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(folder, work, onWait = () => undefined) {
  mkdirSync(dirname(folder), { recursive: true })
  let nobodySince = null
  for (let waited = false; !take(folder);) {
    const holder = holderOf(folder)
    nobodySince = holder === null ? (nobodySince ?? Date.now()) : null
    // A lock that is being released has no holder for a moment; one that stays so is a leftover.
    if (holder === null ? Date.now() - nobodySince > NOBODY_MS : !isAlive(holder)) {
      clear(folder, holder)
      continue
    }
    if (!waited) onWait()
    waited = true
    await sleep(POLL_MS)
  }
  const letGo = () => {
    if (holderOf(folder) === nameOf(process.pid)) rmSync(folder, { recursive: true, force: true })
  }
  // The work may end the process.
  process.once('exit', letGo)
  try {
    return await work()
  } finally {
    process.off('exit', letGo)
    letGo()
  }
}
