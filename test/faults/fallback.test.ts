// Invariant: a technique that stops working in the middle of a range or of a transfer costs neither a byte nor the check:
// the transfer goes on with the next one from where it was, and the report says which gave up.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { penstock, receiver } from '../support/cli.ts'

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
  fellBackFrom: z.array(z.looseObject({ technique: z.string() })),
})

/** strace as the hand that breaks a system call from its n-th time on. */
function breaking(call: string, error: string, from: number): readonly string[] {
  const inject = `inject=${call}:error=${error}:when=${String(from)}+`
  return ['strace', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject]
}

const SENDING = [
  { technique: 'sendfile', call: 'sendfile', error: 'EINVAL', from: 3 },
  { technique: 'sendfile', call: 'sendfile', error: 'ENOSYS', from: 9 },
  { technique: 'splice', call: 'splice', error: 'EINVAL', from: 8 },
  { technique: 'splice', call: 'splice', error: 'EINVAL', from: 9 },
] as const

describe('sending', () => {
  for (const { technique, call, error, from } of SENDING) {
    for (const check of ['on', 'off']) {
      test(`${technique}, check ${check}: ${call} answers ${error} from its ${String(from)}th call on`, async () => {
        const dir = await mkdtemp(join(root, 'received-'))
        const state = join(dir, 'state-r')
        const taking = await receiver(dir, state, ['--once', '--clear', '--technique', 'readwrite'])
        const to = ['--to', `127.0.0.1:${String(taking.port)}`, '--state', join(dir, 'state-s')]
        const sending = penstock(
          ['send', source, ...to, '--clear', '--technique', technique, '--check', check],
          breaking(call, error, from),
        )
        assert.equal(await sending.exit, 0)
        assert.equal(await taking.exit, 0)
        const report = reportSchema.parse(sending.lines.at(-1))
        assert.equal(report.fellBackFrom[0]?.technique, technique)
        assert.notEqual(report.technique, technique)
        assert.equal(report.verified, check === 'on')
        assert.equal(digest(await readFile(join(dir, 'file.bin'))), wanted)
      })
    }
  }
})

test('mmap on a kernel without MADV_POPULATE_READ: the pages come by faults, and the report says so', async () => {
  const dir = await mkdtemp(join(root, 'received-'))
  const taking = await receiver(dir, join(dir, 'state-r'), ['--once', '--clear'])
  const to = ['--to', `127.0.0.1:${String(taking.port)}`, '--state', join(dir, 'state-s')]
  // Every madvise of the process: what else asks for it only advises.
  const inject = ['strace', '-f', '-qq', '-o', join(dir, 'trace'), '-e', 'trace=madvise']
  const sending = penstock(
    ['send', source, ...to, '--clear', '--technique', 'mmap', '--mmap', 'populate'],
    [...inject, '-e', 'inject=madvise:error=EINVAL'],
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

test('receiving: splice stops in the middle', async () => {
  for (const from of [7, 8]) {
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
      ['receive', ...fixed, '--once', '--clear', '--technique', 'splice'],
      breaking('splice', 'EINVAL', from),
    )
    const { port } = z.looseObject({ port: z.number() }).parse(await taking.seen('listening'))
    const to = ['--to', `127.0.0.1:${String(port)}`, '--state', join(dir, 'state-s')]
    const sending = penstock(['send', source, ...to, '--clear', '--technique', 'readwrite'])
    assert.equal(await sending.exit, 0)
    assert.equal(await taking.exit, 0)
    const report = reportSchema.parse(taking.lines.findLast(({ event }) => event === 'report'))
    assert.equal(report.fellBackFrom[0]?.technique, 'splice', String(from))
    assert.equal(digest(await readFile(join(dir, 'file.bin'))), wanted)
  }
})
