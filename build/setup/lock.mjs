import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 200
const NOBODY_MS = 1000

/** When a process began, in the kernel's words; null where the system does not tell. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name, in brackets, may hold anything: fields are counted after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

/**
 * The name of a process that its number alone is not: numbers are used again.
 * @param {number} pid
 */
export function nameOf(pid) {
  return `${pid} ${startOf(pid) ?? '-'}`
}

/**
 * Whether the process of this name (see `nameOf`) is still there.
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

/** Takes the lock in one step, with the holder's name already in it: false when someone has it. */
function take(folder) {
  const draft = `${folder}.${process.pid}`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true })
  writeFileSync(join(draft, 'holder'), nameOf(process.pid))
  try {
    // A folder takes the place of an empty one only, and a lock never is empty.
    renameSync(draft, folder)
    return true
  } catch {
    rmSync(draft, { recursive: true, force: true })
    return false
  }
}

/** Moves a dead holder's lock away; puts back one that has found a new holder since we looked. */
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
 * Runs `work` while no other process does. A lock whose process has gone is taken over.
 * @template T
 * @param {string} folder the lock, a folder that is there while it is held
 * @param {() => T | Promise<T>} work
 * @param {() => void} onWait called once where the lock is someone else's
 * @returns {Promise<T>}
 */
export async function withLock(folder, work, onWait = () => undefined) {
  mkdirSync(dirname(folder), { recursive: true })
  let nobodySince = null
  for (let waited = false; !take(folder);) {
    const holder = holderOf(folder)
    nobodySince = holder === null ? (nobodySince ?? Date.now()) : null
    // A lock just let go has no holder for a moment; one that stays so was left by something else.
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
