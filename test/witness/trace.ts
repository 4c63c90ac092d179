/** Calls that a thread makes for itself, and not for the bytes: its start, its end, its memory, and its call into JavaScript. */
const OF_THE_THREAD_ITSELF: ReadonlySet<string> = new Set([
  'rseq',
  'gettid',
  'set_robust_list',
  'rt_sigprocmask',
  'prctl',
  'mprotect',
  'exit',
  'futex',
  'brk',
  // An eventfd that wakes JavaScript, which reads it in a thread of its own.
  'write',
])

/** System calls for the bytes, by name, of the threads whose name begins so, from what `strace -f` wrote. */
export function callsOfThreads(trace: string, prefix: string): Record<string, number> {
  const threads = new Set<string>()
  /** Where files are mapped, by thread: the allocator maps memory too. */
  const mapped = new Map<string, Set<string>>()
  const pending = new Map<string, boolean>()
  const calls: Record<string, number> = {}
  for (const line of trace.split('\n')) {
    const [, thread = '', call = '', rest = ''] = /^(\d+) +(\w+)\((.*)/.exec(line) ?? []
    if (rest.startsWith(`PR_SET_NAME, "${prefix}`)) {
      threads.add(thread)
      mapped.set(thread, new Set())
      continue
    }
    const resumed = /^(\d+) +<\.\.\. mmap resumed>.*= (0x[0-9a-f]+)/.exec(line)
    if (resumed && pending.get(resumed[1] ?? '') === true) {
      mapped.get(resumed[1] ?? '')?.add(resumed[2] ?? '')
      pending.delete(resumed[1] ?? '')
    }
    if (!threads.has(thread) || OF_THE_THREAD_ITSELF.has(call)) continue
    if (call === 'mmap') {
      if (rest.includes('MAP_ANONYMOUS')) continue
      const at = /= (0x[0-9a-f]+)/.exec(rest)
      if (at) mapped.get(thread)?.add(at[1] ?? '')
      else pending.set(thread, rest.includes('unfinished'))
    }
    const address = rest.split(/[,)]/)[0] ?? ''
    if ((call === 'munmap' || call === 'madvise') && mapped.get(thread)?.has(address) !== true) continue
    calls[call] = (calls[call] ?? 0) + 1
  }
  return calls
}

/** What the threads whose name begins so called, from the name on, in order: lines of `strace -f` without the thread. */
export function linesOfThreads(trace: string, prefix: string): string[] {
  const threads = new Set<string>()
  const lines: string[] = []
  for (const line of trace.split('\n')) {
    const [, thread = '', call = ''] = /^(\d+) +(\w+\(.*)/.exec(line) ?? []
    if (call.startsWith(`prctl(PR_SET_NAME, "${prefix}`)) threads.add(thread)
    else if (threads.has(thread)) lines.push(call)
  }
  return lines
}

/** The sum of what a call has returned to the threads whose name begins so, interrupted ones included. */
export function bytesOfCalls(trace: string, prefix: string, name: string): number {
  const threads = new Set<string>()
  let sum = 0
  for (const line of trace.split('\n')) {
    const [, thread = '', call = ''] = /^(\d+) +(.*)/.exec(line) ?? []
    if (call.startsWith(`prctl(PR_SET_NAME, "${prefix}`)) threads.add(thread)
    const isOne = call.startsWith(`${name}(`) || call.startsWith(`<... ${name} resumed>`)
    const result = / = (\d+)$/.exec(call)?.[1]
    if (threads.has(thread) && isOne && result !== undefined) sum += Number(result)
  }
  return sum
}
