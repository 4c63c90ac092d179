// Invariant: a PIN comes from a file, the environment or the terminal, is valid, and is never printed.
import assert from 'node:assert/strict'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pinFrom, takePin, type PinSource } from '../../../main/cli/terminal/pin.ts'
import { PenstockError } from '../../../main/contract/errors.ts'
import { runProcess } from '../../support/processes/process.ts'
import { fakeContext, FakePenstock } from '../fake.ts'

let root = ''
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-pin-'))
})
after(() => rm(root, { recursive: true, force: true }))

async function pinOf(source: PinSource, options: { interactive?: boolean; pin?: string } = {}) {
  const { context, written } = fakeContext(new FakePenstock(), options)
  try {
    return { pin: await pinFrom(source, 'PIN? ', context), why: null, written }
  } catch (error) {
    assert.ok(error instanceof PenstockError)
    assert.equal(error.code, 'usage')
    return { pin: null, why: error.params['why'], written, error }
  }
}

async function fileOf(content: string | Buffer, mode = 0o600): Promise<PinSource> {
  const path = join(root, 'pin')
  await writeFile(path, content)
  await chmod(path, mode)
  return { from: 'file', path }
}

test('the first line of a file, without its end', async () => {
  const table: readonly (readonly [string | Buffer, string | null])[] = [
    ['0042', '0042'],
    ['0042\n', '0042'],
    ['0042\r\n', '0042'],
    ['\ufeff0042\n', '0042'],
    [' 42 \nsecond line', ' 42 '],
    ['密码😀\n', '密码😀'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['😀'.repeat(64), '😀'.repeat(64)],
    ['x'.repeat(65), null],
    ['x'.repeat(100_000), null],
    ['', null],
    ['\n0042\n', null],
    ['00\t42', null],
    ['00\0', null],
    ['00\u202e42', null],
    [Buffer.from([0x30, 0xff, 0x30]), null],
  ]
  for (const [content, pin] of table) {
    const found = await pinOf(await fileOf(content))
    assert.equal(found.pin, pin, JSON.stringify(content))
    assert.equal(found.why, pin === null ? 'pin-not-possible' : null)
    assert.equal(found.written.err, '')
  }
})

test('a file that is not there, or is none', async () => {
  for (const path of [join(root, 'nothing'), root, '/dev/null']) {
    assert.equal((await pinOf({ from: 'file', path })).why, 'pin-file-unreadable', path)
  }
})

if (process.platform !== 'win32') {
  test('a file that others can read is taken with a warning', async () => {
    for (const mode of [0o604, 0o640, 0o644]) {
      const { pin, written } = await pinOf(await fileOf('0042', mode))
      assert.equal(pin, '0042')
      assert.match(
        written.err,
        /^Warning: other users of this machine can read .*pin\. Make it private with “chmod 600”/,
      )
      assert.doesNotMatch(written.err, /0042/)
    }
  })
}

test('the environment: nothing, a PIN, or what is none', async () => {
  assert.equal((await pinOf({ from: 'environment' })).pin, null)
  assert.equal((await pinOf({ from: 'environment' }, { pin: '0042' })).pin, '0042')
  for (const pin of ['', 'a\nb', 'x'.repeat(65)]) {
    const { why, error } = await pinOf({ from: 'environment' }, { pin })
    assert.equal(why, 'pin-not-possible')
    assert.deepEqual(error?.params, { why: 'pin-not-possible', option: 'PENSTOCK_PIN' })
  }
  const env: Record<string, string | undefined> = { PENSTOCK_PIN: '0042', HOME: '/' }
  assert.equal(takePin(env), '0042')
  assert.deepEqual(env, { HOME: '/' })
  assert.equal(takePin(env), null)
})

test('--pin without a terminal names the other ways', async () => {
  const { exit, out, err } = await runProcess(['receive', '--pin', '--state', join(root, 'state'), '--json'])
  assert.equal(exit, 2)
  assert.match(err, /--pin-file FILE or the environment variable PENSTOCK_PIN/)
  assert.match(out, /"why":"pin-needs-terminal"/)
})

if (process.platform === 'linux') {
  test('a pipe is read, and one without an end does not outlive Ctrl-C', async () => {
    const fifo = join(root, 'fifo')
    execFileSync('mkfifo', [fifo])
    const args = ['send', root, '--to', '127.0.0.1:9', '--pin-file', fifo, '--state', join(root, 'state')]
    /** The writer's open returns once the reader opens as well; then it writes, and stays. */
    const piped = async (text: string, onOpen: (child: ChildProcess) => void) => {
      const writer = spawn(
        'bash',
        ['-c', 'exec 3>"$1"; printf "%s" "$2" >&3; echo open; read -r', '-', fifo, text],
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      )
      const ended = await runProcess([...args, '--json'], {
        started: (child) => {
          writer.stdout.once('data', () => {
            onOpen(child)
          })
        },
      })
      writer.stdin.end()
      return ended
    }
    const given = await piped('0042\n', () => undefined)
    assert.match(given.out, /"code":"peer-unreachable"/)
    assert.equal((await piped('00', (child) => child.kill('SIGINT'))).exit, 130)
  })

  test('the children of a process do not inherit it', async () => {
    const program =
      "import('./main/cli/run.ts').then(({ run }) => run(['help'])).then(() => require('node:child_process').execFileSync('env', { stdio: 'inherit' }))"
    const child = spawn(process.execPath, ['--import', 'tsx', '--eval', program], {
      env: { ...process.env, PENSTOCK_PIN: '71234', MARK: 'seen' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    await new Promise((resolve) => child.on('close', resolve))
    assert.match(out, /MARK=seen/)
    assert.doesNotMatch(out, /71234/)
  })
}
