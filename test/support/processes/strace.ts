/** Calls by name of the threads that gave themselves a name that begins like this, in a trace of `strace -f`. */
export function callsOf(trace: string, threadName: string): Record<string, number> {
  const threads = new Set<string>()
  const calls: Record<string, number> = {}
  for (const line of trace.split('\n')) {
    const [, thread = '', call = ''] = /^(\d+) +(\w+)\(/.exec(line) ?? []
    if (line.includes(`prctl(PR_SET_NAME, "${threadName}`)) threads.add(thread)
    else if (threads.has(thread)) calls[call] = (calls[call] ?? 0) + 1
  }
  return calls
}

/** What a thread does to begin and to end, and for its memory: no work on the transfer's bytes. */
export const OF_THE_THREAD_ITSELF: readonly string[] = [
  'rseq',
  'gettid',
  'getpid',
  'set_robust_list',
  'rt_sigprocmask',
  'prctl',
  'mmap',
  'munmap',
  'mprotect',
  'madvise',
  'exit',
  'write',
  'futex',
  'brk',
]

const AFTER_THE_REPORT: readonly string[] = ['close', 'shutdown', 'recvfrom', 'ppoll', 'sendto']

/** Calls that a report may lack: the last close and shutdown of a connection come after it. */
export function slackOf(call: string): number {
  return AFTER_THE_REPORT.includes(call) ? 2 : 0
}
