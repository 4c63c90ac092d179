// Invariant: one Penstock receives what another sends, name for name and byte for byte, or both report why not.
import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { TerminalState } from '../../../main/contract/transfer.ts'
import type { Penstock, ReceiveOptions, Receiving, SendOptions, Transfer } from '../../../main/core/api.ts'
import { Walk } from '../../../main/core/source/walk.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { receiveOptions, sendOptions } from '../../support/penstock/options.ts'
import { describeTree, makeTree, patterned } from '../../support/files/tree.ts'

let root = ''
let sender: Penstock
let receiver: Penstock
let source = ''
/** What a target has once the source has arrived. */
let tree: readonly string[] = []

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-core-'))
  sender = await openPenstock({ stateDir: join(root, 'state-a'), alias: 'sender' })
  receiver = await openPenstock({ stateDir: join(root, 'state-b'), alias: '会议室' })
  source = join(root, 'source 源')
  await mkdir(source)
  await makeTree(source)
  tree = (await describeTree(root)).filter((line) => line.startsWith('source 源'))
})

after(async () => {
  await sender.close()
  await receiver.close()
  await chmod(join(source, 'read only'), 0o755)
  await rm(root, { recursive: true, force: true })
})

interface Setup {
  readonly dir: string
  readonly receiving: Receiving
  readonly arrived: Promise<Transfer>
  send(options?: Partial<SendOptions>): Promise<Transfer>
}

async function withReceiver(
  options: Partial<ReceiveOptions>,
  body: (setup: Setup) => Promise<void>,
): Promise<void> {
  const dir = options.dir ?? (await mkdtemp(join(root, 'target-')))
  const receiving = await receiver.receive(receiveOptions(dir, options))
  const arrived = new Promise<Transfer>((resolve) => receiving.onTransfer(resolve))
  try {
    await body({
      dir,
      receiving,
      arrived,
      send: async (given = {}) => {
        const to = await sender.peers.probe('127.0.0.1', receiving.port)
        return sender.send(sendOptions([source], to, given))
      },
    })
  } finally {
    await receiving.close()
  }
}

function reportOf(state: TerminalState) {
  assert.equal(state.kind, 'done', JSON.stringify(state))
  return state.report
}

async function noStaging(dir: string): Promise<void> {
  assert.deepEqual(
    (await readdir(dir)).filter((name) => name.startsWith('.penstock')),
    [],
  )
}

/** The call by which a technique sends. */
const SENDS = { sendfile: 'sendfile', mmap: 'sendto', readwrite: 'sendto', seal: 'sendto' } as const
/** The call by which a technique receives. */
const RECEIVES = { splice: 'splice', unseal: 'recvfrom' } as const

describe('a tree arrives whole', () => {
  const cases = [
    {
      security: 'clear',
      check: true,
      technique: 'auto',
      sent: 'sendfile',
      received: 'splice',
      way: 'engine',
    },
    {
      security: 'clear',
      check: false,
      technique: 'auto',
      sent: 'sendfile',
      received: 'splice',
      way: 'engine',
    },
    { security: 'clear', check: true, technique: 'mmap', sent: 'mmap', received: 'splice', way: 'engine' },
    {
      security: 'clear',
      check: true,
      technique: 'readwrite',
      sent: 'readwrite',
      received: 'splice',
      way: 'engine',
    },
    {
      security: 'encrypted',
      check: true,
      technique: 'auto',
      sent: 'seal',
      received: 'unseal',
      way: 'engine',
    },
  ] as const
  for (const { security, check, technique, sent, received, way } of cases) {
    test(`${security}, check ${check ? 'on' : 'off'}, ${technique}`, async () => {
      await withReceiver({}, async ({ dir, arrived, send }) => {
        const transfer = await send({ security, check, technique })
        const [out, back] = await Promise.all([transfer.ended, arrived.then((one) => one.ended)])
        const [outgoing, incoming] = [reportOf(out), reportOf(back)]
        assert.deepEqual(await describeTree(dir), tree)
        assert.equal(outgoing.technique, sent)
        assert.equal(incoming.technique, received)
        assert.equal(outgoing.carrier, way)
        assert.equal(incoming.carrier, way)
        assert.equal(outgoing.verified, security === 'encrypted' || check)
        assert.equal(outgoing.bytes, incoming.bytes)
        assert.equal(outgoing.files, incoming.files)
        assert.deepEqual(outgoing.notDelivered, [])
        // Each technique is recognised by the call that moves its bytes.
        assert.ok((outgoing.syscalls?.[SENDS[sent]] ?? 0) > 0, JSON.stringify(outgoing.syscalls))
        assert.ok((incoming.syscalls?.[RECEIVES[received]] ?? 0) > 0, JSON.stringify(incoming.syscalls))
        await noStaging(dir)
      })
    })
  }

  test('two streams', async () => {
    await withReceiver({}, async ({ dir, arrived, send }) => {
      const transfer = await send({ streams: 2 })
      assert.equal(reportOf(await transfer.ended).streams, 2)
      reportOf(await (await arrived).ended)
      assert.deepEqual(await describeTree(dir), tree)
    })
  })
})

describe('a taken name', () => {
  test('keeps both, folder and file, and never touches what was there', async () => {
    const dir = await mkdtemp(join(root, 'target-'))
    const file = join(root, 'photo.jpg')
    await writeFile(file, patterned(5000, 7))
    await writeFile(join(dir, 'photo.jpg'), 'mine')
    await mkdir(join(dir, 'source 源'))
    await withReceiver({ dir }, async ({ arrived, send }) => {
      reportOf(await (await send({ paths: [source, file] })).ended)
      const view = (await arrived).view()
      assert.deepEqual(view.savedAs.map((path) => path.split('/').at(-1)).sort(), [
        'photo (2).jpg',
        'source 源 (2)',
      ])
    })
    assert.deepEqual((await readdir(dir)).sort(), [
      'photo (2).jpg',
      'photo.jpg',
      'source 源',
      'source 源 (2)',
    ])
    assert.deepEqual(await readdir(join(dir, 'source 源')), [])
  })
})

describe('a taken name, by the rule that the user chose', () => {
  const rules = [
    ['replace', 'new content', []],
    ['skip', 'mine', ['name-taken']],
    ['newer', 'new content', []],
  ] as const
  for (const [onConflict, content, codes] of rules) {
    test(onConflict, async () => {
      const dir = await mkdtemp(join(root, 'target-'))
      const file = join(root, `note-${onConflict}.txt`)
      await writeFile(join(dir, `note-${onConflict}.txt`), 'mine')
      await utimes(join(dir, `note-${onConflict}.txt`), 1, 1)
      await writeFile(file, 'new content')
      await withReceiver({ dir, onConflict }, async ({ arrived, send }) => {
        const report = reportOf(await (await send({ paths: [file] })).ended)
        assert.deepEqual(
          report.notDelivered.map(({ reason }) => reason.code),
          codes,
        )
        assert.ok(report.notDelivered.every(({ by }) => by === 'policy'))
        reportOf(await (await arrived).ended)
      })
      assert.equal(await readFile(join(dir, `note-${onConflict}.txt`), 'utf8'), content)
    })
  }

  test('newer leaves a file that is as new', async () => {
    const dir = await mkdtemp(join(root, 'target-'))
    const file = join(root, 'old.txt')
    await writeFile(file, 'old content')
    await utimes(file, 1, 1)
    await writeFile(join(dir, 'old.txt'), 'mine')
    await withReceiver({ dir, onConflict: 'newer' }, async ({ send }) => {
      reportOf(await (await send({ paths: [file] })).ended)
    })
    assert.equal(await readFile(join(dir, 'old.txt'), 'utf8'), 'mine')
  })
})

describe('each end is one terminal state with its cause', () => {
  test('refused', async () => {
    const decide = () => Promise.resolve({ accept: false as const, problem: { code: 'refused' as const } })
    await withReceiver({ decide }, async ({ dir, arrived, send }) => {
      const out = await (await send()).ended
      assert.deepEqual([out.kind, 'by' in out && out.by], ['refused', 'peer'])
      const back = await (await arrived).ended
      assert.deepEqual([back.kind, 'by' in back && back.by], ['refused', 'here'])
      assert.deepEqual(await readdir(dir), [])
    })
  })

  test('taken back while the other side is being asked', async () => {
    let asked: () => void = () => undefined
    const asking = new Promise<void>((resolve) => (asked = resolve))
    const decide: ReceiveOptions['decide'] = () => {
      asked()
      return new Promise(() => undefined)
    }
    await withReceiver({ decide }, async ({ dir, arrived, send }) => {
      const transfer = await send()
      await asking
      transfer.cancel()
      const out = await transfer.ended
      assert.deepEqual([out.kind, 'by' in out && out.by], ['cancelled', 'here'])
      const back = await (await arrived).ended
      assert.deepEqual([back.kind, 'by' in back && back.by], ['cancelled', 'peer'])
      assert.deepEqual(await readdir(dir), [])
    })
  })

  for (const who of ['sender', 'receiver'] as const) {
    for (const security of ['clear', 'encrypted'] as const) {
      test(`cancelled by the ${who} while bytes move, ${security}`, async () => {
        const big = join(root, 'big')
        await writeFile(big, patterned(64 * 1024 * 1024))
        await withReceiver({}, async ({ dir, arrived, send }) => {
          const transfer = await send({
            paths: [big],
            security,
            technique: security === 'clear' ? 'readwrite' : 'auto',
            bufferBytes: 4096,
          })
          const incoming = await arrived
          const mine = who === 'sender' ? transfer : incoming
          await new Promise<void>((resolve) => {
            const look = setInterval(() => {
              if (mine.view().bytes > 0 || mine.view().state.kind === 'done') {
                clearInterval(look)
                resolve()
              }
            }, 1)
            setTimeout(resolve, 3000)
          })
          mine.cancel()
          const [out, back] = await Promise.all([transfer.ended, incoming.ended])
          assert.deepEqual(
            [out.kind, 'by' in out && out.by],
            ['cancelled', who === 'sender' ? 'here' : 'peer'],
          )
          assert.deepEqual(
            [back.kind, 'by' in back && back.by],
            ['cancelled', who === 'sender' ? 'peer' : 'here'],
          )
          assert.deepEqual(await readdir(dir), [])
        })
      })
    }
  }

  test('cancelled by the sender as the answer is on its way', async () => {
    await withReceiver({}, async ({ dir, arrived, send }) => {
      const transfer = await send()
      const incoming = await arrived
      transfer.cancel()
      const [out, back] = await Promise.all([transfer.ended, incoming.ended])
      assert.deepEqual([out.kind, 'by' in out && out.by], ['cancelled', 'here'])
      assert.deepEqual([back.kind, 'by' in back && back.by], ['cancelled', 'peer'])
      assert.deepEqual(await readdir(dir), [])
    })
  })

  test('nothing listens', async () => {
    await withReceiver({}, async ({ receiving }) => {
      const to = await sender.peers.probe('127.0.0.1', receiving.port)
      await receiving.close()
      const out = await sender.send(sendOptions([source], to)).ended
      assert.equal(out.kind, 'failed')
      assert.equal('problem' in out && out.problem.code, 'peer-unreachable')
    })
  })

  test('a wrong device at the address gets nothing', async () => {
    await withReceiver({}, async ({ dir, receiving }) => {
      const to = await sender.peers.probe('127.0.0.1', receiving.port)
      const out = await sender.send(sendOptions([source], { ...to, fingerprint: 'ab'.repeat(32) })).ended
      assert.equal(out.kind, 'failed')
      assert.equal('problem' in out && out.problem.code, 'peer-identity-mismatch')
      assert.deepEqual(await readdir(dir), [])
    })
  })

  test('a PIN is asked for, and a right one lets in', async () => {
    await withReceiver({ pin: '123456' }, async ({ send }) => {
      const without = await (await send()).ended
      assert.equal('problem' in without && without.problem.code, 'pin-needed')
      const wrong = await (await send({ pin: '000000' })).ended
      assert.equal('problem' in wrong && wrong.problem.code, 'pin-wrong')
      reportOf(await (await send({ pin: '123456' })).ended)
    })
  })

  test('no such file', async () => {
    await withReceiver({}, async ({ send }) => {
      const out = await (await send({ paths: [join(root, 'not there')] })).ended
      assert.equal('problem' in out && out.problem.code, 'no-such-path')
    })
  })

  for (const security of ['clear', 'encrypted'] as const) {
    test(`an error of our own while the offer is being written is not the connection's, ${security}`, async (t) => {
      const broken = new RangeError('a fault in the search')
      t.mock.method(Walk.prototype, 'search', async () => {
        await setImmediate()
        throw broken
      })
      await withReceiver({ clear: security === 'clear' }, async ({ dir, send }) => {
        const out = await (await send({ security })).ended
        assert.equal(out.kind, 'failed')
        assert.equal('problem' in out && out.problem.code, 'internal')
        assert.deepEqual(await readdir(dir), [])
      })
    })
  }
})

test('links that point outside are not made, and are listed on the side that left them out', async () => {
  const folder = join(root, 'with links')
  await mkdir(folder)
  await writeFile(join(folder, 'inside'), 'x')
  await symlink('inside', join(folder, 'good'))
  await symlink('/etc/passwd', join(folder, 'absolute'))
  await symlink('../../..', join(folder, 'up'))
  await withReceiver({}, async ({ dir, send }) => {
    const report = reportOf(await (await send({ paths: [folder] })).ended)
    assert.deepEqual(report.notDelivered.map(({ path, by, reason }) => [path, by, reason.code]).sort(), [
      ['with links/absolute', 'policy', 'link-outside'],
      ['with links/up', 'policy', 'link-outside'],
    ])
    assert.deepEqual((await readdir(join(dir, 'with links'))).sort(), ['good', 'inside'])
  })
})
