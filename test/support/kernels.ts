import { fileURLToPath } from 'node:url'
import { addon, type Addon } from '../../native/index.ts'
import { loadAddon } from '../../native/load.ts'

const OLD = fileURLToPath(new URL('../../native/build/Release/penstock_old_kernel.node', import.meta.url))

/**
 * The addon as it is shipped, and on Linux the one that works as on a kernel without openat2, renameat2 and cachestat. An
 * object of one is not for the other. `on` completes the name of a test.
 */
export const KERNELS: readonly { readonly on: string; readonly old: boolean; readonly addon: Addon }[] = [
  { on: '', old: false, addon },
  ...(process.platform === 'linux' ? [{ on: ', on an old kernel', old: true, addon: loadAddon([OLD]) }] : []),
]
