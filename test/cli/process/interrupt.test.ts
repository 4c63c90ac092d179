// Invariant: the second Ctrl-C ends the process at once, even during a file system call that does not return.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** A little more than the time within which two signals count as one key press. */
const NEXT_PRESS_MS = 400
const PROGRAM = fileURLToPath(new URL('../../support/processes/held-thread.ts', import.meta.url))

// Windows has no such pipe and no such signal.
if (process.platform !== 'win32') {
  test('a thread that waits for a file does not hold up the second Ctrl-C', { timeout: 30_000 }, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'penstock-interrupt-'))
    const pipe = join(dir, 'pipe')
    execFileSync('mkfifo', [pipe])
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, pipe], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(15_000) })
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      assert.equal((await lines.next()).value, 'ready')
      child.kill('SIGINT')
      assert.equal((await lines.next()).value, 'stopping')
      await sleep(NEXT_PRESS_MS)
      child.kill('SIGINT')
      // A shell shows this end as 130.
      assert.deepEqual(await ended, [null, 'SIGINT'])
    } finally {
      child.kill('SIGKILL')
      await rm(dir, { recursive: true, force: true })
    }
  })
}
