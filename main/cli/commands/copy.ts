import { assertPaths } from '../../core/index.ts'
import type { CopyArgs } from '../args/types.ts'
import { withPenstock, type Context } from '../context.ts'
import type { ExitCode } from '../exit.ts'
import { Progress } from '../output/progress.ts'
import { absolutePath } from '../system-bytes.ts'
import { followToEnd } from './transfers.ts'

/** `penstock send --to-folder`: copies files and folders to a folder on this machine. */
export async function copy(args: CopyArgs, context: Context): Promise<ExitCode> {
  const progress = new Progress(context.output, context.terminal)
  const dir = absolutePath(args.dir)
  await assertPaths(args.paths.map(absolutePath))
  return withPenstock(context, async (penstock) => {
    const { paths, exclude, technique, durability, onConflict } = args
    const transfer = penstock.copy({ paths, exclude, dir, technique, durability, onConflict })
    const { exit } = await followToEnd(transfer, context, progress)
    return exit
  })
}
