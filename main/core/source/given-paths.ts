import type { BigIntStats } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { PenstockError } from '../../contract/errors.ts'
import type { NotDelivered } from '../../contract/report.ts'
import { errnoOf } from '../errors/errno.ts'
import { numbered } from '../target/names.ts'
import { nothingToSend } from './nothing-to-send.ts'

/** A path that the user named. */
export interface GivenPath {
  /** The name under which it is sent. */
  readonly name: string
  readonly absolutePath: string
  /** Facts of the file or folder that it points to. */
  readonly facts: BigIntStats
}

/** Examines a path; `taken` are the names of the paths before it. Errors are Node's. */
export async function lookAt(given: string, taken: ReadonlySet<string>): Promise<GivenPath> {
  const path = resolve(given)
  const facts = await stat(path, { bigint: true })
  const name = await freeName(path, facts.isFile(), taken)
  // The engine does not follow a link in the last component, so the path must be the real one.
  return { name, absolutePath: await realpath(path), facts }
}

/** The name under which a given path is sent; `.`, `..` and `/` have no name of their own. */
async function topName(given: string): Promise<string> {
  const typed = basename(given)
  if (typed !== '' && typed !== '.' && typed !== '..') return typed
  return titleOf(await realpath(given))
}

/** Title of a path before it is examined. The root of a file system is its drive letter, or `root`. */
export function titleOf(given: string): string {
  const path = resolve(given)
  return basename(path) || path.replaceAll(/\W/gu, '') || 'root'
}

/** The name, with a number if another path has it. */
async function freeName(given: string, isFile: boolean, taken: ReadonlySet<string>): Promise<string> {
  const name = await topName(given)
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : numbered(name, count, isFile)
    if (!taken.has(candidate)) return candidate
  }
}

/** Why a given path cannot be examined. */
function pathProblem(path: string, error: unknown): PenstockError {
  const errno = errnoOf(error)
  const isMissing = errno === 'ENOENT' || errno === 'ENOTDIR'
  return new PenstockError(isMissing ? 'no-such-path' : 'not-readable', { path, errno }, { cause: error })
}

/** A given path that cannot be examined, as a report lists it. */
export function unusable(path: string, error: unknown): NotDelivered {
  const { code, params } = pathProblem(path, error)
  return { path, reason: { code, params }, by: 'failure' }
}

/** Throws the error of {@link nothingToSend} if none of the paths can be examined. */
export async function assertPaths(paths: readonly string[]): Promise<void> {
  const unusablePaths: NotDelivered[] = []
  for (const path of paths) {
    try {
      await stat(resolve(path))
      return
    } catch (error) {
      unusablePaths.push(unusable(path, error))
    }
  }
  throw nothingToSend(unusablePaths)
}
