import { addon, type Folder } from '../../../native/index.ts'
import { PenstockError } from '../../contract/errors.ts'
import { makeStateFolder, stateProblem } from './state-folder.ts'

export interface ReceiverLock {
  /** Frees the state; harmless when done before. */
  release(): void
}

/**
 * Takes the state folder for one receiver, until `release` or the end of this process. The caller keeps the lock: one that
 * is dropped is released. Throws `state-in-use`, and `state-unreadable` where the file system has no locks.
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
