const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'gu')
const NODE_TEST = /^(?:ℹ|#) (pass|fail|cancelled|skipped|todo) (\d+)$/u
const VITEST = /^\s*Tests\s+(.+)\(\d+\)$/u
const NOT_RUN = /NOT RUN: .+/u

/**
 * The counts in the closing lines of a test runner, Node's or vitest's.
 * @param {string} text its whole output
 * @returns {{ passed: number, failed: number, skipped: number, notRun: string[] }}
 */
export function countsIn(text) {
  const counts = { passed: 0, failed: 0, skipped: 0, notRun: [] }
  const add = (word, count) => {
    if (word.startsWith('pass')) counts.passed += count
    else if (word === 'skipped' || word === 'todo') counts.skipped += count
    else if (word.startsWith('fail') || word === 'cancelled') counts.failed += count
  }
  for (const line of text.replace(COLOURS, '').split('\n')) {
    const count = NODE_TEST.exec(line)
    if (count) add(count[1], Number(count[2]))
    const vitest = VITEST.exec(line)
    for (const part of vitest?.[1].split('|') ?? []) {
      const [number, word = ''] = part.trim().split(' ')
      add(word, Number(number))
    }
    const reason = NOT_RUN.exec(line)
    if (reason && !counts.notRun.includes(reason[0])) counts.notRun.push(reason[0])
  }
  return counts
}

/**
 * Whether a group held: it exited with 0, nothing failed, and a group of tests ran at least one.
 * @param {{ code: number | null, counts: ReturnType<typeof countsIn>, countsTests: boolean }} result
 * @returns {'held' | 'NO TEST RAN' | 'FAILED'}
 */
export function verdict({ code, counts, countsTests }) {
  if (code !== 0 || counts.failed > 0) return 'FAILED'
  return countsTests && counts.passed === 0 ? 'NO TEST RAN' : 'held'
}
