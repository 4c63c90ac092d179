// Invariant: a real terminal never shows a PIN, an answer applies to its own question only, and the terminal is restored
// however the command ends.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { penstock, sendTo } from '../support/processes/cli.ts'
import { closeTerminals, onTerminal, type OnTerminal } from '../support/processes/terminal.ts'

let root = ''
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-terminal-'))
  await writeFile(join(root, 'file.txt'), 'content')
})
after(async () => {
  closeTerminals()
  await rm(root, { recursive: true, force: true })
})

function receiver(name: string, ...more: readonly string[]): OnTerminal {
  const place = ['--dir', join(root, name), '--state', join(root, `${name}-state`)]
  return onTerminal(['receive', '--port', '0', '--hidden', ...place, ...more])
}

/** The port, once a receiver has shown all that it shows at its start: typed characters are echoed after it. */
const portOf = async (terminal: OnTerminal): Promise<string> => {
  const [, port = ''] = await terminal.seen(/on port (\d+) [^]*Press Ctrl-C to stop\.\r?\n/u)
  return port
}

const sendFile = (port: string, name: string) => sendTo(port, join(root, 'file.txt'), join(root, name))

test('a PIN is asked for on both sides without being shown', { timeout: 60_000 }, async () => {
  const receiving = receiver('asked', '--once', '--accept', 'all', '--pin')
  await receiving.seen(/PIN that senders must enter: /u)
  receiving.type('99\x7f\x7f7\x7f71234\r')
  const port = await portOf(receiving)
  const sending = onTerminal(sendFile(port, 'asked-s'))
  await sending.seen(/PIN of the receiver: /u)
  sending.type('71234\r')
  assert.deepEqual(await sending.ended, { exit: 0, echo: true })
  assert.deepEqual(await receiving.ended, { exit: 0, echo: true })
  assert.match(receiving.screen(), /PIN that senders must enter: \r\n/u)
  assert.match(sending.screen(), /PIN of the receiver: \r\n/u)
  assert.deepEqual(await readdir(join(root, 'asked')), ['file.txt'])
})

for (const [how, end, exit] of [
  ['Ctrl-C', (terminal: OnTerminal) => Promise.resolve(terminal.type('\x03')), 130],
  ['SIGTERM', (terminal: OnTerminal) => signal(terminal, 'SIGTERM'), 130],
  ['SIGHUP', (terminal: OnTerminal) => signal(terminal, 'SIGHUP'), 130],
  ['SIGQUIT', (terminal: OnTerminal) => signal(terminal, 'SIGQUIT'), 131],
  ['Ctrl-D', (terminal: OnTerminal) => Promise.resolve(terminal.type('\x04')), 2],
] as const) {
  test(`the terminal shows what is typed again after ${how}`, { timeout: 60_000 }, async () => {
    const terminal = receiver('restored', '--pin')
    await terminal.seen(/PIN that senders must enter: /u)
    await end(terminal)
    assert.deepEqual(await terminal.ended, { exit, echo: true })
  })
}

async function signal(terminal: OnTerminal, name: NodeJS.Signals): Promise<void> {
  const pid = /pid (\d+)/u.exec(terminal.screen())?.[1]
  process.kill(Number(pid), name)
  return Promise.resolve()
}

test('what was typed before an offer does not answer it', { timeout: 60_000 }, async () => {
  const receiving = receiver('ahead')
  const port = await portOf(receiving)
  // A whole line, and the beginning of one.
  receiving.type('y\ny')
  await receiving.seen(/y\r?\ny/u)
  const sending = penstock(sendFile(port, 'ahead-s'))
  await receiving.seen(/Accept offer 1\?.* /u)
  receiving.type('\n')
  assert.equal(await sending.exit, 3)
  receiving.type('\x03')
  await receiving.ended
  assert.deepEqual(await readdir(join(root, 'ahead')), [])
})

test('an answer to an offer that was withdrawn does not accept the next', { timeout: 60_000 }, async () => {
  const receiving = receiver('withdrawn')
  const port = await portOf(receiving)
  const first = penstock(sendFile(port, 'withdrawn-1'))
  await receiving.seen(/Accept offer 1\?.* /u)
  receiving.type('y')
  await receiving.seen(/y/u)
  first.child.kill('SIGINT')
  assert.equal(await first.exit, 130)
  await receiving.seen(/Offer 1 was withdrawn/u)
  const second = penstock(sendFile(port, 'withdrawn-2'))
  await receiving.seen(/Accept offer 2\?.* /u)
  receiving.type('\n')
  assert.equal(await second.exit, 3)
  const third = penstock(sendFile(port, 'withdrawn-3'))
  await receiving.seen(/Accept offer 3\?.* /u)
  receiving.type('y\n')
  assert.equal(await third.exit, 0)
  receiving.type('\x03')
  assert.equal((await receiving.ended).exit, 130)
  assert.equal(await readFile(join(root, 'withdrawn', 'file.txt'), 'utf8'), 'content')
})
