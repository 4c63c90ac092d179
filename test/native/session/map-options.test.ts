// Invariant: with any options of `mmap` the file arrives equal; the report counts window by window what the system applied and
// refused, and a lock stays within the process's limit.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { addon, type EngineMapOption } from '../../../native/index.ts'
import { fill, hash, scratchFolders, sleep, source, transfer, writeFiles } from '../harness.ts'
import { senderToPeer } from '../peer.ts'

const MIB = 1024 * 1024
const WINDOW = 64 * MIB
const ALL: readonly EngineMapOption[] = ['sequential', 'willneed', 'populate', 'lock']
const CASES: readonly (readonly EngineMapOption[])[] = [[], ...ALL.map((one) => [one]), ALL]

const folder = scratchFolders()

const SIZES = [WINDOW + 4 * MIB + 1, 0, 1, 4096, 70_001]
const files = writeFiles(folder(), SIZES)

describe('every option', () => {
  for (const mapOptions of CASES) {
    for (const check of [true, false]) {
      const name = mapOptions.length === 0 ? 'none' : mapOptions.join(', ')
      test(`${name}, check ${check ? 'on' : 'off'}`, async () => {
        const staging = folder()
        const { sender, sent } = await transfer(files, staging, { send: 'mmap', check, mapOptions })
        assert.deepEqual(sender, { kind: 'done', failures: [] })
        for (const file of files) {
          assert.equal(await hash(join(staging, String(file.index))), await hash(file.path))
        }
        assert.deepEqual(sent.fellBackFrom, [])
        assert.deepEqual(
          sent.mapped.options.map(({ option }) => option),
          mapOptions,
        )
        const { windows } = sent.mapped
        // Small files of a batch pass through a buffer for the sake of their check.
        if (!mapOptions.includes('lock')) assert.equal(windows, check ? 3 : 5)
        const calls = sent.syscalls
        assert.equal(calls['madvise'] ?? 0, mapOptions.filter((one) => one !== 'lock').length * windows)
        for (const done of sent.mapped.options) {
          // How much may be locked depends on the machine; every kernel from 5.14 on has the rest.
          if (done.option !== 'lock') assert.deepEqual(done, { option: done.option, windows })
        }
      })
    }
  }

  test('the default applies without options', async () => {
    const { sent } = await transfer(files, folder(), { send: 'mmap' })
    assert.deepEqual(sent.mapped, { windows: 3, options: [{ option: 'sequential', windows: 3 }] })
  })

  test('other techniques map nothing of this kind', async () => {
    const { sent, taken } = await transfer(files, folder(), { send: 'gather', mapOptions: ['lock'] })
    assert.equal(sent.mapped.windows, 0)
    assert.equal(taken.mapped.windows, 0)
    assert.equal(sent.syscalls['mlock'], undefined)
  })

  test('an unknown option is refused', () => {
    const options = { technique: 'mmap', fallback: [], bufferBytes: 4096, check: true } as const
    // As a caller without types may pass it.
    const given = { ...options, mapOptions: ['hugepages'] }
    assert.throws(() => {
      Reflect.apply(addon.createSender, addon, [given])
    }, /map option/)
  })

  test('a file that shrinks under a populated and locked window is named', async () => {
    const path = join(folder(), 'shrinks')
    fill(path, 96 * MIB)
    const options = { technique: 'mmap', mapOptions: ['populate', 'lock'] } as const
    const { sender, peer } = await senderToPeer([source(path)], options)
    peer.pause()
    await sleep(30)
    truncateSync(path, MIB + 17)
    peer.resume()
    assert.equal((await peer.next('FILE_FAILED'))?.file, 0)
    peer.close()
    assert.equal((await sender.ended).failures[0]?.code, 'file-shrank')
  })
})

const outcomeSchema = z.object({
  windows: z.number(),
  of: z.number(),
  code: z.string().optional(),
  equal: z.boolean(),
})

/** Runs this file's child with so many bytes to lock, and without the right to lock more. */
function underLimit(bytes: number): z.infer<typeof outcomeSchema> {
  const child = new URL('./map-options-child.ts', import.meta.url).pathname
  const limited = ['prlimit', `--memlock=${bytes}:${bytes}`]
  const plain = ['setpriv', '--inh-caps=-ipc_lock', '--bounding-set=-ipc_lock']
  const [program = '', ...args] = [...limited, ...(process.getuid?.() === 0 ? plain : [])]
  const node = [process.execPath, '--import', 'tsx', child, files[0]?.path ?? '', folder()]
  const done = spawnSync(program, [...args, ...node], { encoding: 'utf8' })
  assert.equal(done.status, 0, done.stderr)
  return outcomeSchema.parse(JSON.parse(done.stdout))
}

describe('a limit on what may be locked', () => {
  test('smaller windows keep within it', () => {
    const { windows, of, code, equal } = underLimit(8 * MIB)
    assert.ok(equal)
    assert.deepEqual([windows, code], [of, undefined])
    assert.ok(of >= (SIZES[0] ?? 0) / (8 * MIB), `${of} windows`)
  })

  test('nothing may be locked: it runs without, and reports why', () => {
    const { windows, of, code, equal } = underLimit(0)
    assert.ok(equal)
    assert.deepEqual({ windows, of, code }, { windows: 0, of: 2, code: 'EPERM' })
  })

  test('less than the smallest window', () => {
    const { windows, of, code, equal } = underLimit(4096)
    assert.ok(equal)
    assert.deepEqual({ windows, of, code }, { windows: 0, of: 2, code: 'ENOMEM' })
  })
})
