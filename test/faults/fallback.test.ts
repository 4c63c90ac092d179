// Invariant: a technique that fails in the middle of a range or a transfer loses neither a byte nor the check: the next one
// continues from that place, and the report lists the technique that failed.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { penstock, receiver } from '../support/processes/cli.ts'
import { describeTree } from '../support/files/tree.ts'
import { INSTALL_FILTER } from '../support/processes/seccomp.ts'

const SIZE = 40 * 1024 * 1024 + 12_345
let root = ''
let source = ''
let wanted = ''

const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-fallback-'))
  source = join(root, 'file.bin')
  const content = randomBytes(SIZE)
  wanted = digest(content)
  await writeFile(source, content)
})

after(() => rm(root, { recursive: true, force: true }))

const reportSchema = z.looseObject({
  event: z.literal('report'),
  technique: z.string(),
  verified: z.boolean(),
  userCopyBytes: z.number(),
  fellBackFrom: z.array(
    z.object({
      technique: z.string(),
      why: z.object({ code: z.string(), params: z.object({ code: z.string(), syscall: z.string() }) }),
    }),
  ),
})
type Report = z.infer<typeof reportSchema>

/**
 * strace fails a system call at these of its calls in each thread: `3`, or `3+` (from then on). With a
 * path only calls on that file count.
 */
function breaking(call: string, error: string, when: string, path?: string): readonly string[] {
  const inject = `inject=${call}:error=${error}:when=${when}`
  const only = path === undefined ? ['--seccomp-bpf'] : ['-P', path]
  return ['strace', '-f', ...only, '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject]
}

/** A user's limit on locked memory, which must apply to root too. */
function lockingAtMost(bytes: number): readonly string[] {
  const unprivileged = ['setpriv', '--bounding-set', '-ipc_lock', '--inh-caps', '-ipc_lock']
  return ['prlimit', `--memlock=${bytes}:${bytes}`, ...(process.getuid?.() === 0 ? unprivileged : [])]
}

const SENDING = [
  { technique: 'sendfile', call: 'sendfile', error: 'EINVAL', when: '3+' },
  { technique: 'sendfile', call: 'sendfile', error: 'ENOSYS', when: '9+' },
  { technique: 'splice', call: 'splice', error: 'EINVAL', when: '8+' },
  { technique: 'splice', call: 'splice', error: 'EINVAL', when: '9+' },
  // Only once: the next technique makes the same calls.
  { technique: 'direct', call: 'pread64', error: 'EINVAL', when: '5' },
  { technique: 'mmap', call: 'sendto', error: 'EFAULT', when: '9' },
  { technique: 'gather', call: 'sendmsg', error: 'EFAULT', when: '3' },
  { technique: 'zerocopy', call: 'sendto', error: 'EFAULT', when: '9' },
  { technique: 'zerocopy', call: 'setsockopt', error: 'ENOPROTOOPT', when: '1+' },
] as const

async function sendBroken(technique: string, check: string, wrapper: readonly string[]): Promise<Report> {
  const dir = await mkdtemp(join(root, 'received-'))
  const taking = await receiver(dir, join(dir, 'state-r'), ['--once', '--clear', '--technique', 'readwrite'])
  const to = ['--to', `127.0.0.1:${String(taking.port)}`, '--state', join(dir, 'state-s')]
  const args = ['send', source, ...to, '--clear', '--technique', technique, '--check', check]
  const sending = penstock(args, wrapper)
  const code = await sending.exit
  if (code !== 0) taking.child.kill()
  assert.equal(code, 0, JSON.stringify(sending.lines.at(-1)))
  assert.equal(await taking.exit, 0)
  assert.equal(digest(await readFile(join(dir, 'file.bin'))), wanted)
  return reportSchema.parse(sending.lines.at(-1))
}

function assertFellBack(report: Report, technique: string, params: { code: string; syscall: string }): void {
  assert.deepEqual(report.fellBackFrom, [{ technique, why: { code: 'fell-back', params } }])
  assert.notEqual(report.technique, technique)
}

describe('sending', () => {
  for (const { technique, call, error, when } of SENDING) {
    for (const check of ['on', 'off']) {
      test(`${technique}, check ${check}: ${call} answers ${error}, time ${when}`, async () => {
        const path = call === 'pread64' ? source : undefined
        const report = await sendBroken(technique, check, breaking(call, error, when, path))
        assertFellBack(report, technique, { code: error, syscall: call })
        assert.equal(report.verified, check === 'on')
      })
    }
  }

  test('gather, small files: what a mapping does not give is read, and no file is lost', async () => {
    const folder = await mkdtemp(join(root, 'small-'))
    for (let index = 0; index < 300; index += 1) {
      await writeFile(join(folder, String(index)), randomBytes(50_000))
    }
    const dir = await mkdtemp(join(root, 'received-'))
    const taking = await receiver(dir, join(dir, 'state-r'), ['--once', '--clear'])
    const to = ['--to', `127.0.0.1:${String(taking.port)}`, '--state', join(dir, 'state-s')]
    const args = ['send', folder, ...to, '--clear', '--technique', 'gather', '--check', 'off']
    // The first time many files are refused together, the second time the first of them alone.
    const sending = penstock(args, breaking('sendmsg', 'EFAULT', '1..2'))
    assert.equal(await sending.exit, 0, JSON.stringify(sending.lines.at(-1)))
    assert.equal(await taking.exit, 0)
    assert.deepEqual(await describeTree(join(dir, basename(folder))), await describeTree(folder))
    const report = reportSchema.parse(sending.lines.at(-1))
    const params = { code: 'EFAULT', syscall: 'sendmsg' }
    assert.deepEqual(report.fellBackFrom, [{ technique: 'gather', why: { code: 'fell-back', params } }])
    assert.equal(report.technique, 'gather')
    // The first file of each stream, which is counted as read.
    assert.ok(report.userCopyBytes > 0 && report.userCopyBytes % 50_000 === 0)
  })

  test('zerocopy by a user who may lock no memory', async () => {
    const report = await sendBroken('zerocopy', 'off', lockingAtMost(0))
    assertFellBack(report, 'zerocopy', { code: 'ENOBUFS', syscall: 'sendto' })
  })

  test('zerocopy by a user who may lock little goes on, and waits for the kernel instead', async () => {
    const report = await sendBroken('zerocopy', 'off', lockingAtMost(2 * 1024 * 1024))
    assert.deepEqual(report.fellBackFrom, [])
    assert.equal(report.technique, 'zerocopy')
  })
})

/**
 * Runs a program for which madvise(2) returns EINVAL for MADV_POPULATE_READ (22) only, as a kernel before 5.14
 * does: a seccomp filter, because strace could only fail every madvise, which ends the JavaScript engine.
 */
const WITHOUT_POPULATE = `
import ctypes, os, platform, struct, sys
madvise = {'x86_64': 28, 'aarch64': 233}[platform.machine()]
program = [(0x20, 0, 0, 0), (0x15, 0, 3, madvise), (0x20, 0, 0, 32), (0x15, 0, 1, 22), (0x06, 0, 0, 0x50016),
           (0x06, 0, 0, 0x7fff0000)]
${INSTALL_FILTER}
os.execvp(sys.argv[1], sys.argv[1:])
`

test('mmap on a kernel without MADV_POPULATE_READ: the pages come by faults, and the report shows it', async () => {
  const dir = await mkdtemp(join(root, 'received-'))
  const taking = await receiver(dir, join(dir, 'state-r'), ['--once', '--clear'])
  const to = ['--to', `127.0.0.1:${String(taking.port)}`, '--state', join(dir, 'state-s')]
  const sending = penstock(
    ['send', source, ...to, '--clear', '--technique', 'mmap', '--mmap', 'populate'],
    ['python3', '-c', WITHOUT_POPULATE],
  )
  assert.equal(await sending.exit, 0)
  assert.equal(await taking.exit, 0)
  const report = z
    .looseObject({ technique: z.string(), mapOptions: z.array(z.looseObject({ why: z.unknown() })) })
    .parse(sending.lines.at(-1))
  assert.equal(report.technique, 'mmap')
  const params = { code: 'EINVAL', syscall: 'madvise' }
  assert.deepEqual(report.mapOptions, [
    { option: 'populate', windows: 0, of: 1, why: { code: 'map-populate-too-old', params } },
  ])
  assert.equal(digest(await readFile(join(dir, 'file.bin'))), wanted)
})

const RECEIVING = [
  { technique: 'splice', call: 'splice', error: 'EINVAL', when: '7+' },
  { technique: 'splice', call: 'splice', error: 'EINVAL', when: '8+' },
  { technique: 'direct', call: 'pwrite64', error: 'EINVAL', when: '5' },
  { technique: 'mmap', call: 'fallocate', error: 'EOPNOTSUPP', when: '2' },
] as const

describe('receiving', () => {
  for (const { technique, call, error, when } of RECEIVING) {
    test(`${technique}: ${call} answers ${error}, time ${when}`, async () => {
      const dir = await mkdtemp(join(root, 'received-'))
      const fixed = [
        '--dir',
        dir,
        '--state',
        join(dir, 'state-r'),
        '--port',
        '0',
        '--accept',
        'all',
        '--hidden',
      ]
      const taking = penstock(
        ['receive', ...fixed, '--once', '--clear', '--technique', technique],
        breaking(call, error, when),
      )
      const { port } = z.looseObject({ port: z.number() }).parse(await taking.seen('listening'))
      const to = ['--to', `127.0.0.1:${String(port)}`, '--state', join(dir, 'state-s')]
      const sending = penstock(['send', source, ...to, '--clear', '--technique', 'readwrite'])
      assert.equal(await sending.exit, 0)
      assert.equal(await taking.exit, 0)
      const report = reportSchema.parse(taking.lines.findLast(({ event }) => event === 'report'))
      assertFellBack(report, technique, { code: error, syscall: call })
      assert.equal(digest(await readFile(join(dir, 'file.bin'))), wanted)
    })
  }
})
