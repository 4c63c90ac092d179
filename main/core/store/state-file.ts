import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf } from '../errors/errno.ts'
import { stateProblem } from './state-folder.ts'

/**
 * The text of a file in the state folder; null if there is none. Throws `state-unreadable` for anything but a regular file,
 * such as a folder, or a pipe, whose open would wait for a writer; `no-permission`, `disk-full`.
 */
export async function readStateFile(path: string): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (!(await file.stat()).isFile()) throw new PenstockError('state-unreadable', { path })
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw stateProblem(error, path)
  }
}
