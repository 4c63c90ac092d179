import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The host's address on the network that it shares with the guest. */
export const HOST = '10.78.0.1'
const GUEST = '10.78.0.2'
const NAMESPACE = `penstock-guest-${process.pid}`
const TAP = 'ps-tap'
/** Time limit of a guest, whose processor is a program. */
const LIFE_MS = 230_000
/** A processor on which a nanosecond is an instruction: the time that a thread takes is a count, which repeats. */
export const COUNTING = ['-icount', 'shift=0,sleep=off', '-smp', '1', '-cpu', 'max,-erms,-fsrm']

/** Why there is no guest here, or false. `group` of the tests prepares one. */
export function missingGuest(group = 'guest'): string | false {
  return process.env['PENSTOCK_GUEST_KERNEL'] === undefined
    ? `NOT RUN: it takes "npm run test:all -- ${group}", which prepares a guest`
    : false
}

function named(name: string): string {
  const value = process.env[`PENSTOCK_GUEST_${name}`]
  assert.ok(value, `Expected PENSTOCK_GUEST_${name}: run this by "npm run test:all -- guest"`)
  return value
}

/** A program of this project in one file, which a guest sees under the same path; build/guest/guest.mjs has the names. */
export function bundle(name: string): string {
  return join(named('BUNDLES'), `${name}.mjs`)
}

/** Lines of a shell script that every program in a guest needs: it can write below /mnt only. */
export const ENVIRONMENT = [
  'export HOME=/mnt TMPDIR=/mnt',
  `export PENSTOCK_ADDON="${join(process.cwd(), 'native/build/Release/penstock.node')}"`,
]

/** The command prefix that runs a command on the guest's network. The process keeps its id. */
export function besideGuest(): string[] {
  return ['ip', 'netns', 'exec', NAMESPACE]
}

/** A network of its own for the guest and its host; a tap device that does what a card would do. */
export function makeGuestNetwork(): void {
  const ip = (...args: string[]): void => {
    execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  ip('netns', 'add', NAMESPACE)
  ip('-n', NAMESPACE, 'link', 'set', 'lo', 'up')
  ip('-n', NAMESPACE, 'tuntap', 'add', 'dev', TAP, 'mode', 'tap', 'vnet_hdr')
  ip('-n', NAMESPACE, 'addr', 'add', `${HOST}/24`, 'dev', TAP)
  ip('-n', NAMESPACE, 'link', 'set', TAP, 'up')
}

/** Removes the network; no effect if there is none. */
export function removeGuestNetwork(): void {
  try {
    execFileSync('ip', ['netns', 'del', NAMESPACE], { stdio: 'ignore' })
  } catch {
    // There is none.
  }
}

/** What a guest is made of. */
export interface GuestOptions {
  /** A card on the network of makeGuestNetwork(); without it the guest has its loopback alone. */
  readonly card?: boolean
  readonly memoryMiB?: number
  /** Options of QEMU for the processor. */
  readonly processor?: readonly string[]
  readonly lifeMs?: number
}

const CARD = [
  ...['-netdev', `tap,id=net,ifname=${TAP},script=no,downscript=no`],
  ...['-device', 'virtio-net-pci,netdev=net,romfile='],
]

function machine(folder: string, script: string, options: GuestOptions): string[] {
  const { card = false, memoryMiB = 1024, processor = ['-cpu', 'max', '-smp', '2'] } = options
  const line = [
    'console=ttyS0',
    'quiet',
    'panic=-1',
    `penstock.address=${GUEST}`,
    `penstock.script=${script}`,
  ]
  return [
    named('QEMU'),
    // By program, not by the processor: some machines have a /dev/kvm that opens and then runs nothing.
    ...['-accel', 'tcg', ...processor, '-m', String(memoryMiB)],
    ...['-display', 'none', '-nodefaults', '-no-reboot', '-nic', 'none'],
    ...['-serial', `file:${join(folder, 'console')}`, '-serial', `file:${join(folder, 'answer')}`],
    ...['-kernel', named('KERNEL'), '-initrd', named('INITRAMFS'), '-append', line.join(' ')],
    ...['-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap'],
    ...(card ? CARD : []),
  ]
}

async function endOf(guest: ChildProcess, lifeMs: number): Promise<void> {
  const tooLong = setTimeout(() => guest.kill('SIGKILL'), lifeMs)
  await once(guest, 'close')
  clearTimeout(tooLong)
}

/**
 * Starts a guest, runs a shell script in it that sees the host's files and can write below /mnt only, and waits until it is
 * switched off. Resolves with what the script wrote to /dev/ttyS1; rejects with the console's output if that is empty.
 * @param folder a folder of the host, whose path has no space
 */
export async function runInGuest(
  folder: string,
  script: readonly string[],
  options: GuestOptions = {},
): Promise<string> {
  const path = join(folder, 'script')
  await writeFile(path, script.map((line) => `${line}\n`).join(''))
  const around = options.card === true ? besideGuest() : []
  const [program = '', ...args] = [...around, ...machine(folder, path, options)]
  const guest = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const stop = (): void => void guest.kill('SIGKILL')
  process.once('exit', stop)
  let problems = ''
  guest.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString()))
  await endOf(guest, options.lifeMs ?? LIFE_MS)
  process.off('exit', stop)
  const [answer, seen] = await Promise.all(
    ['answer', 'console'].map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
  )
  assert.ok(answer, `the guest gave no answer: ${problems}${seen ?? ''}`)
  return answer
}
