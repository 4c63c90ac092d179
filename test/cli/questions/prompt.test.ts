// Invariant: only input typed after a question is shown answers it, and the terminal is restored afterwards.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { z } from 'zod'
import { Prompt } from '../../../main/cli/terminal/prompt.ts'

/** A terminal whose modes are recorded. */
class FakeTerminal extends PassThrough {
  readonly modes: boolean[] = []
  setRawMode(on: boolean): void {
    this.modes.push(on)
  }
}

function terminal() {
  const input = new FakeTerminal()
  const output = new PassThrough().setEncoding('utf8')
  let interrupts = 0
  let shown = ''
  const waiting = new Set<() => void>()
  output.on('data', (text: string) => {
    shown += text
    for (const look of waiting) look()
  })
  const prompt = new Prompt(input, output, () => (interrupts += 1))
  return {
    input,
    prompt,
    interrupts: () => interrupts,
    shown: () => shown,
    /** Resolves when the terminal shows this. */
    seen: (text: string) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (!shown.includes(text)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

const never = new AbortController().signal

test('an answer is the line typed after the question, without white space around it', async () => {
  const { input, prompt, seen } = terminal()
  const answer = prompt.line('Name? ', never)
  await seen('Name? ')
  input.write(' he')
  input.write('re \nrest\n')
  assert.equal(await answer, 'here')
  assert.deepEqual(input.modes, [true, false])
})

test('what was typed before is discarded, a line and a part of one', async () => {
  for (const ahead of ['y\n', 'y\ny\ny\n', 'y', '\ny']) {
    const { input, prompt, seen } = terminal()
    input.write(ahead)
    const answer = prompt.line('First? ', never)
    await seen('First? ')
    input.write('\n')
    assert.equal(await answer, '', JSON.stringify(ahead))
  }
})

test('what was typed before is discarded although the process was too busy to look at it', async (t) => {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = z.object({ port: z.number() }).parse(server.address())
  const accepted = once(server, 'connection')
  const keyboard = connect(port, '127.0.0.1')
  t.after(() => keyboard.destroy())
  const [input] = z.tuple([z.instanceof(Socket)]).parse(await accepted)
  await new Promise((resolve) => keyboard.write('y\n', resolve))
  const output = new PassThrough().setEncoding('utf8')
  const answer = new Prompt(input, output, () => undefined).line('First? ', never)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  await once(output, 'data')
  keyboard.write('n\n')
  assert.equal(await answer, 'n')
})

test('what follows the answer does not answer the next question', async () => {
  const { input, prompt, seen } = terminal()
  const first = prompt.line('First? ', never)
  await seen('First? ')
  input.write('y\ny\n')
  assert.equal(await first, 'y')
  input.write('y\n')
  const second = prompt.line('Second? ', never)
  await seen('Second? ')
  input.write('n\n')
  assert.equal(await second, 'n')
})

test('a question that was withdrawn leaves its answer to no other', async () => {
  const { input, prompt, seen, shown } = terminal()
  const withdrawn = new AbortController()
  const first = prompt.line('First? ', withdrawn.signal)
  await seen('First? ')
  input.write('y')
  withdrawn.abort()
  assert.equal(await first, null)
  const second = prompt.line('Second? ', never)
  // The user answers the withdrawn question just after the input is idle.
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.doesNotMatch(shown(), /Second/)
  input.write('es\n')
  await seen('Second? ')
  input.write('no\n')
  assert.equal(await second, 'no')
})

test('a question that is withdrawn before it is shown is not shown', async () => {
  const { prompt, shown } = terminal()
  const withdrawn = new AbortController()
  let introduced = false
  const asked = prompt.line('Gone? ', withdrawn.signal, () => (introduced = true))
  withdrawn.abort()
  assert.equal(await asked, null)
  assert.equal(introduced, false)
  assert.equal(shown(), '')
})

test('the end of the input is no answer', async () => {
  const { input, prompt, seen } = terminal()
  const answer = prompt.line('Name? ', never)
  await seen('Name? ')
  input.end()
  assert.equal(await answer, null)
  assert.equal(await prompt.line('Again? ', never), null)
})

test('Ctrl-C typed while input is discarded interrupts', async () => {
  const { input, prompt, seen, interrupts } = terminal()
  input.write('\x03')
  const answer = prompt.line('Name? ', never)
  await seen('Name? ')
  assert.equal(interrupts(), 1)
  input.write('x\n')
  await answer
})

test('a secret is read in raw mode, which ends however it ends', async () => {
  const endings: readonly (readonly [string, string | null, number])[] = [
    ['00\x7f042\r', '0042', 0],
    ['12\x03', null, 1],
    ['\x04', null, 0],
  ]
  for (const [keys, secret, times] of endings) {
    const { input, prompt, seen, interrupts, shown } = terminal()
    input.write('ahead\r')
    const answer = prompt.secret('PIN? ', never)
    await seen('PIN? ')
    for (const byte of Buffer.from(keys)) input.write(Buffer.from([byte]))
    assert.equal(await answer, secret)
    assert.equal(interrupts(), times)
    assert.deepEqual(input.modes, [true, false])
    assert.equal(shown(), 'PIN? \n')
  }
  const { input, prompt, seen } = terminal()
  const stop = new AbortController()
  const answer = prompt.secret('PIN? ', stop.signal)
  await seen('PIN? ')
  stop.abort()
  assert.equal(await answer, null)
  assert.deepEqual(input.modes, [true, false])
})
