import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { installPackages } from '../setup/electron/debian.mjs'
import { ensureReady } from '../setup/ensure.mjs'
import { become } from '../setup/process.mjs'
import { giveUp } from '../setup/print.mjs'
import { ensureBundles } from '../windows/bundle.mjs'
import { ensureGuestKernel } from './kernel.mjs'

const QEMU = 'qemu-system-x86_64'
/** What runs in a guest, in one file each. */
const BUNDLES = {
  penstock: 'main/cli/index.ts',
  'line-reporter': 'test/support/line-reporter.ts',
  'kernel-tls': 'test/guest/inside/kernel-tls.ts',
  instructions: 'test/guest/inside/instructions.ts',
}

/** The reason why no tap device can be made; null if one can. */
function whyNoTap() {
  const name = `pstap${process.pid}`
  const tap = ['tuntap', 'add', 'dev', name, 'mode', 'tap', 'vnet_hdr']
  const { status, stderr, error } = spawnSync('ip', tap, { encoding: 'utf8' })
  if (error) return 'there is no program "ip" (iproute2)'
  if (status !== 0) return `no tap device can be made: ${stderr.trim()}`
  spawnSync('ip', ['link', 'del', name])
  return null
}

/** The reason why this machine cannot run a guest; null if it can. Installs what is missing where it may. */
export function whyNoGuest() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'the guest is Linux on x86-64, as its host'
  if (process.getuid?.() !== 0) return 'it makes a network for the guest, which takes root'
  const toDo = installPackages(['cpio', 'qemu-system-x86'])
  if (toDo !== null) return `The guest is run by QEMU. ${toDo}`
  return whyNoTap()
}

/** Runs a command. Variables that begin with PENSTOCK_GUEST describe the guest. */
async function runWithGuest([program = '', ...args]) {
  const why = whyNoGuest()
  if (why !== null) giveUp(why)
  const files = ensureGuestKernel()
  if (files === null) giveUp("the guest's kernel cannot be had from the package lists of this machine")
  const { penstock } = await ensureBundles(BUNDLES)
  become(program, args, {
    env: {
      ...process.env,
      PENSTOCK_GUEST_QEMU: QEMU,
      PENSTOCK_GUEST_KERNEL: files.kernel,
      PENSTOCK_GUEST_INITRAMFS: files.initramfs,
      PENSTOCK_GUEST_BUNDLES: dirname(penstock),
    },
  })
}

/** `node build/guest/guest.mjs -- COMMAND…` */
if (process.argv[1] === import.meta.filename) {
  await ensureReady()
  await runWithGuest(process.argv.slice(process.argv.indexOf('--') + 1))
}
