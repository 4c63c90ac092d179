import { addon, type Folder } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import { makeStateFolder, stateProblem } from './state-folder.ts'

export interface ReceiverLock {
  /** Frees the state folder. May be called more than once. */
  release(): void
}

/**
 * Locks the state folder for one receiver, until `release` or the end of this process. The caller must hold a reference: a
 * lock that is garbage-collected is released. Throws `state-in-use`, and `state-unreadable` if the file system has no locks.
 */
export async function lockReceiver(stateDir: string): Promise<ReceiverLock> {
  await makeStateFolder(stateDir)
  let folder: Folder | null = null
  try {
    folder = addon.openFolder(stateDir)
    if (!addon.tryLock(folder)) throw new PenstockError('state-in-use', { path: stateDir })
  } catch (error) {
    folder?.close()
    throw stateProblem(error, stateDir)
  }
  const held = folder
  return {
    release() {
      held.close()
    },
  }
}
