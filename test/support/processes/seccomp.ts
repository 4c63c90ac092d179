import { constants } from 'node:os'

/** Numbers of system calls, on x86-64 and on arm64. */
const NUMBERS = {
  sendfile: [40, 71],
  splice: [275, 76],
  statx: [332, 291],
  renameat2: [316, 276],
  openat2: [437, 437],
  copy_file_range: [326, 285],
  fallocate: [285, 47],
  cachestat: [451, 451],
} as const

export type RefusedCall = keyof typeof NUMBERS
export const REFUSED_CALLS: readonly RefusedCall[] = [
  ...(['sendfile', 'splice', 'statx', 'renameat2', 'openat2', 'copy_file_range', 'fallocate'] as const),
  'cachestat',
]

/** Python: installs the filter `program`. */
export const INSTALL_FILTER = `
code = b''.join(struct.pack('HBBI', *line) for line in program)
held = ctypes.create_string_buffer(code)
filter = struct.pack('HxxxxxxP', len(program), ctypes.addressof(held))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, filter, 0, 0) != 0: sys.exit('no seccomp')
`

/** Installs a filter that answers these system calls with an error, and executes the rest of the arguments. */
const LAUNCHER = `
import ctypes, os, struct, sys
error, numbers = int(sys.argv[1]), [int(one) for one in sys.argv[2].split(',')]
count = len(numbers)
program = [(0x20, 0, 0, 0)]
program += [(0x15, count - at, 0, number) for at, number in enumerate(numbers)]
program += [(0x06, 0, 0, 0x7fff0000), (0x06, 0, 0, 0x50000 | error)]
${INSTALL_FILTER}
os.execvp(sys.argv[3], sys.argv[3:])
`

/** The beginning of a command that runs where the system, or a sandbox, refuses these calls. */
export function refusing(calls: readonly RefusedCall[], error: keyof typeof constants.errno): string[] {
  const column = process.arch === 'arm64' ? 1 : 0
  const numbers = calls.map((call) => NUMBERS[call][column])
  return ['python3', '-c', LAUNCHER, String(constants.errno[error]), numbers.join(',')]
}
