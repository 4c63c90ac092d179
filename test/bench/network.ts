import { execFileSync } from 'node:child_process'

/** The two machines of the bench: namespaces joined by a veth pair; the sender is always `a`. */
export type Side = 'a' | 'b'
export const ADDRESS = { a: '10.77.0.1', b: '10.77.0.2' } as const
export const NAMESPACE = {
  a: `penstock-bench-a-${process.pid}`,
  b: `penstock-bench-b-${process.pid}`,
} as const
export const INTERFACE = { a: 'ps-a', b: 'ps-b' } as const

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** The command prefix that runs a command on that side. The process keeps its id. */
export function on(side: Side): string[] {
  return ['ip', 'netns', 'exec', NAMESPACE[side]]
}

/** Joins the two sides. IPv6 is off, so that the first packet on the wire is the transfer's own. */
export function makeNetwork(): void {
  for (const side of ['a', 'b'] as const) ip('netns', 'add', NAMESPACE[side])
  const other = ['peer', 'name', INTERFACE.b, 'netns', NAMESPACE.b]
  ip('link', 'add', INTERFACE.a, 'netns', NAMESPACE.a, 'type', 'veth', ...other)
  for (const side of ['a', 'b'] as const) {
    const sysctl = [...on(side), 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1']
    ip(...sysctl.slice(1))
    ip('-n', NAMESPACE[side], 'addr', 'add', `${ADDRESS[side]}/24`, 'dev', INTERFACE[side])
    ip('-n', NAMESPACE[side], 'link', 'set', 'lo', 'up')
    ip('-n', NAMESPACE[side], 'link', 'set', INTERFACE[side], 'up')
  }
}

/** Limits what `a` sends to that many megabits a second, while `run` runs. */
export async function shaped<T>(megabits: number, run: () => Promise<T>): Promise<T> {
  const tc = [...on('a'), 'tc', 'qdisc']
  const device = ['dev', INTERFACE.a, 'root']
  const limit = ['tbf', 'rate', `${megabits}mbit`, 'burst', '256kb', 'latency', '50ms']
  ip(...tc.slice(1), 'add', ...device, ...limit)
  try {
    return await run()
  } finally {
    ip(...tc.slice(1), 'del', ...device)
  }
}

/** Removes the network; no effect if there is none. */
export function removeNetwork(): void {
  for (const side of ['a', 'b'] as const) {
    try {
      execFileSync('ip', ['netns', 'del', NAMESPACE[side]], { stdio: 'ignore' })
    } catch {
      // There is none.
    }
  }
}
