/** System calls of a transfer's own threads by name, and the files that they moved. */
export interface CallsOfFiles {
  readonly syscalls: Readonly<Record<string, number>>
  readonly files: number
}

/** Calls per file in all. */
export function callsPerFile({ syscalls, files }: CallsOfFiles): number {
  return Object.values(syscalls).reduce((sum, calls) => sum + calls, 0) / files
}

/** Calls per file by name, most first; those made for fewer than one in twenty files are left out. */
export function namedCallsPerFile({ syscalls, files }: CallsOfFiles): string {
  return Object.entries(syscalls)
    .map(([name, calls]) => ({ name, each: calls / files }))
    .filter(({ each }) => each >= 0.05)
    .sort((left, right) => right.each - left.each || left.name.localeCompare(right.name))
    .map(({ name, each }) => `${name} ${each.toFixed(2)}`)
    .join(', ')
}
