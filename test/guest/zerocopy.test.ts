// Invariant: the report states the kernel's own result of MSG_ZEROCOPY. Through a card with DMA, such as virtio's in a guest,
// nothing is copied; over veth and loopback, which have none, the same program reports that the kernel copied everything.
import { copyRuleCode } from '../../main/messages/copy-rules.ts'
import { sendRule } from '../support/copy-rules.ts'
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { ADDRESS, makeNetwork, on, removeNetwork } from '../bench/network.ts'
import { penstock } from '../support/processes/cli.ts'
import { hashOf, patterned } from '../support/files/tree.ts'
import { reportSchema, scratch, transferBetween } from '../witness/transfer.ts'
import {
  besideGuest,
  bundle,
  ENVIRONMENT,
  HOST,
  makeGuestNetwork,
  missingGuest,
  removeGuestNetwork,
  runInGuest,
} from './guest.ts'

const MIB = 1024 * 1024
const BYTES = 32 * MIB
const BY_KERNEL = /^zerocopy-copied/

const without = missingGuest()
const { path: root, remove } = await scratch()
const source = join(root, 'file')

before(async () => {
  await writeFile(source, patterned(BYTES))
  if (without !== false) return
  makeNetwork()
  makeGuestNetwork()
})

after(async () => {
  removeNetwork()
  removeGuestNetwork()
  await remove()
})

const factsSchema = z.looseObject({
  event: z.literal('facts'),
  route: z.object({ driver: z.string(), scatterGather: z.boolean(), virtual: z.boolean() }).loose(),
})

/** The shell command that runs Penstock in the guest, and shows the last lines of its output. */
function inGuest(command: string): string {
  const program = `"${process.execPath}" "${bundle('penstock')}"`
  return `${program} ${command} --state /mnt/state --json`
}

function parsed(answer: string, event: string): unknown {
  const line = answer.split('\n').find((text) => text.startsWith(`{"event":"${event}"`))
  assert.ok(line, `no ${event} among: ${answer}`)
  return JSON.parse(line)
}

test('through the card of a guest nothing is copied', { skip: without, timeout: 290_000 }, async (t) => {
  const dir = join(root, 'from-guest')
  const receiving = penstock(
    [
      ...['receive', '--dir', dir, '--state', join(root, 'state-r'), '--port', '0', '--accept', 'all'],
      ...['--hidden', '--once', '--clear', '--durability', 'os'],
    ],
    besideGuest(),
  )
  t.after(() => receiving.child.kill('SIGKILL'))
  const { port } = z.looseObject({ port: z.number() }).parse(await receiving.seen('listening'))
  const to = `--to ${HOST}:${port}`
  const answer = await runInGuest(
    root,
    [
      ...ENVIRONMENT,
      `cp "${source}" /mnt/file`,
      `{ ${inGuest(`techniques /mnt/file ${to}`)} | grep facts`,
      `${inGuest(`send /mnt/file ${to} --clear --technique zerocopy`)} | tail -n 1; } >/dev/ttyS1 2>&1`,
    ],
    { card: true },
  )
  assert.equal(await receiving.exit, 0)
  const { route } = factsSchema.parse(parsed(answer, 'facts'))
  assert.deepEqual([route.driver, route.scatterGather, route.virtual], ['virtio_net', true, false])
  const report = reportSchema.parse(parsed(answer, 'report'))
  assert.equal(report.technique, 'zerocopy')
  assert.deepEqual(report.fellBackFrom, [])
  const rule = sendRule('zerocopy-gather', { source: 'memory' })
  assert.deepEqual(report.copies, { cpu: 0, check: 1, dma: 1, cipherPasses: 0, rule })
  assert.equal(report.kernelCopiedBytes, 0)
  // The check reads each byte once.
  assert.equal(report.userCopyBytes, report.bytes)
  assert.ok((report.syscalls['recvmsg'] ?? 0) > 0, 'no word of the kernel was read')
  assert.equal(await hashOf(join(dir, 'file')), await hashOf(source))
  assert.equal(report.bytes, BYTES)
})

const HERE = [
  ['loopback', '127.0.0.1', [], []],
  ['veth', ADDRESS.b, on('a'), on('b')],
] as const

for (const [name, host, aroundSender, aroundReceiver] of HERE) {
  test(`over ${name} the kernel copies all`, { skip: without, timeout: 60_000 }, async () => {
    const send = ['--technique', 'zerocopy']
    const ends = { root, source, host, send, aroundSender, aroundReceiver }
    const { sent, dir } = await transferBetween(ends)
    assert.equal(sent.technique, 'zerocopy')
    assert.equal(sent.copies?.cpu, 1)
    assert.match(copyRuleCode(sent.copies.rule), BY_KERNEL)
    assert.equal(sent.kernelCopiedBytes, BYTES)
    assert.ok((sent.syscalls['recvmsg'] ?? 0) > 0)
    assert.equal(await hashOf(join(dir, 'file')), await hashOf(source))
  })
}
