import { constants } from 'node:os'
import { PenstockError, type ErrorParams, toProblem } from '../../contract/errors.ts'

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
)

/** The errno name of a failed call of Node or the addon, e.g. "EACCES"; "EUNKNOWN" if it has none. */
export function errnoOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'EUNKNOWN'
  // For some system errors, such as EDQUOT, Node has no name and gives only the number.
  const isNameless = 'code' in error && String(error.code).startsWith('Unknown system error')
  if (isNameless && 'errno' in error) return NAMES.get(Math.abs(Number(error.errno))) ?? 'EUNKNOWN'
  return 'code' in error && typeof error.code === 'string' ? error.code : 'EUNKNOWN'
}

/** Whether an error of a new name in a folder means that the folder has been removed. */
export function isFolderGone(errno: string): boolean {
  return ['ENOENT', 'ENOTDIR', 'ESTALE'].includes(errno)
}

/** The error code for a failure to write below the target. */
export function problemOfErrno(errno: string, params: ErrorParams): PenstockError {
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new PenstockError('disk-full', params)
    case 'EFBIG':
    case 'EOVERFLOW':
      return new PenstockError('too-large', params)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new PenstockError('no-permission', params)
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENOTEMPTY':
      return new PenstockError('name-taken', params)
    case 'ENAMETOOLONG':
      return new PenstockError('name-too-long', params)
    case 'EILSEQ':
      return new PenstockError('unsafe-name', params)
    case 'EBADMSG':
      return new PenstockError('check-failed', params)
    default:
      return new PenstockError('io', { ...params, errno })
  }
}

/**
 * Converts any failure of a file operation to a PenstockError; returns a PenstockError unchanged. What is not a system error
 * becomes `internal`.
 */
export function problemOfError(error: unknown, params: ErrorParams): PenstockError {
  if (error instanceof PenstockError) return error
  if (error instanceof Error && 'code' in error) return problemOfErrno(errnoOf(error), params)
  return new PenstockError('internal', toProblem(error).params, { cause: error })
}
