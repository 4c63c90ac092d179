import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolders } from '../target/make-folder.ts'
import { targetProblem } from '../target/staging.ts'

/** Creates an empty folder for a comparison below `parent`. Throws `no-permission`, `disk-full`, `target-unusable`. */
export async function makeCompareFolder(parent: string): Promise<string> {
  try {
    await makeFolders(parent)
    return await mkdtemp(join(parent, 'penstock-compare-'))
  } catch (error) {
    throw targetProblem(error, parent)
  }
}
