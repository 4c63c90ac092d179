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
  /** The name that it travels under. */
  readonly name: string
  readonly absolutePath: string
  /** Of what it points to. */
  readonly facts: BigIntStats
}

/** Looks at a path; `taken` are the names of those before it. Errors are Node's. */
export async function lookAt(given: string, taken: ReadonlySet<string>): Promise<GivenPath> {
  const path = resolve(given)
  const facts = await stat(path, { bigint: true })
  const name = await freeName(path, facts.isFile(), taken)
  // The engine opens files without following a link at their end, so the path must be the real one.
  return { name, absolutePath: await realpath(path), facts }
}

/** The name that a path given by the user travels under; `.`, `..` and `/` have none of their own. */
async function topName(given: string): Promise<string> {
  const typed = basename(given)
  if (typed !== '' && typed !== '.' && typed !== '..') return typed
  return titleOf(await realpath(given))
}

/** What a path is called before it was looked at. The root of a file system is its drive's letter, or `root`. */
export function titleOf(given: string): string {
  const path = resolve(given)
  return basename(path) || path.replaceAll(/\W/gu, '') || 'root'
}

/** That name, or with a number where another path has it. */
async function freeName(given: string, isFile: boolean, taken: ReadonlySet<string>): Promise<string> {
  const name = await topName(given)
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : numbered(name, count, isFile)
    if (!taken.has(candidate)) return candidate
  }
}

/** Why a path that the user named cannot be looked at. */
function pathProblem(path: string, error: unknown): PenstockError {
  const errno = errnoOf(error)
  const isMissing = errno === 'ENOENT' || errno === 'ENOTDIR'
  return new PenstockError(isMissing ? 'no-such-path' : 'not-readable', { path, errno }, { cause: error })
}

/** A path that the user named and that cannot be looked at, as a report lists it. */
export function unusable(path: string, error: unknown): NotDelivered {
  const { code, params } = pathProblem(path, error)
  return { path, reason: { code, params }, by: 'failure' }
}

/** Throws what {@link nothingToSend} names where none of the paths can be looked at. */
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
