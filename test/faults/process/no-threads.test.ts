// Invariant: if the system creates no thread, the work that needs one fails with a reason, the sockets close, and the process
// exits: nothing keeps its event loop alive.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

/** Replaces libc's pthread_create: it fails once the file that NO_THREADS names exists. */
const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*), void* argument) {
  const char* mark = getenv("NO_THREADS");
  if (mark && access(mark, F_OK) == 0) return EAGAIN;
  int (*next)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*) = dlsym(RTLD_NEXT, "pthread_create");
  return next(thread, attributes, body, argument);
}
`
const CHILD = fileURLToPath(new URL('no-threads-child.ts', import.meta.url))

describe('without a thread', { skip: process.platform !== 'linux' }, () => {
  const root = mkdtempSync(join(tmpdir(), 'penstock-no-threads-'))
  after(() => rmSync(root, { recursive: true, force: true }))
  const shim = join(root, 'shim.so')
  writeFileSync(join(root, 'shim.c'), SHIM)
  const compiled = spawnSync('cc', ['-shared', '-fPIC', join(root, 'shim.c'), '-o', shim, '-ldl'], {
    encoding: 'utf8',
  })
  assert.equal(compiled.status, 0, compiled.stderr)

  for (const what of ['connect', 'stream', 'copier', 'job', 'port']) {
    test(`${what} fails, and the process ends`, async () => {
      const mark = join(root, `none-${what}`)
      const child = spawn(process.execPath, ['--import', 'tsx', CHILD, what, root], {
        env: { ...process.env, LD_PRELOAD: shim, NO_THREADS: mark },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let output = ''
      child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
      const limit = setTimeout(() => child.kill('SIGKILL'), 60_000)
      const [code] = await once(child, 'close')
      clearTimeout(limit)
      assert.deepEqual({ output, code }, { output: `${what}: failed\n`, code: 0 })
    })
  }
})
