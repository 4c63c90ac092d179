// Invariant: installed by the package manager, Penstock works for an ordinary user, in a window with Chromium's sandbox and
// on the command line without a display; an upgrade keeps the user's data, and removal leaves nothing behind.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { listenTo, portsOf, type Running } from '../support/processes/cli.ts'
import { closeTerminals, commandOnTerminal } from '../support/processes/terminal.ts'
import { field, meet, portOf, request } from '../e2e/support/harness.ts'
import { deb, laterDeb, linesOf, outcome, run, VERSION } from './built.ts'
import { type Application, childrenOf, makePerson, type Person, startApplication } from './person.ts'

/** A hanging step is reported, and the steps after it still run. */
const LIMIT = { timeout: 90_000 }

let person: Person
let traces: string[] = []

/** Every file of the system that has the package's name. */
function tracesNow(): string[] {
  const found = outcome('find', ['/etc', '/usr', '/opt', '/var/lib/dpkg', '-xdev', '-iname', '*penstock*'])
  return linesOf(found.text).sort()
}

function install(path: string): void {
  const { status, text } = outcome('env', [
    'DEBIAN_FRONTEND=noninteractive',
    ...['apt-get', 'install', '-y', '--no-install-recommends', path],
  ])
  assert.equal(status, 0, text)
}

before(async () => {
  assert.equal(outcome('dpkg', ['-s', 'penstock']).status, 1, 'Penstock is installed here already')
  traces = tracesNow()
  person = await makePerson()
  install(deb())
})

after(async () => {
  closeTerminals()
  outcome('apt-get', ['purge', '-y', 'penstock'])
  await person.remove()
})

/** Starts the installed command, without a display, reading its lines. */
function penstock(...words: string[]): Running {
  const [program = '', ...args] = person.as(false)
  return listenTo(
    spawn(program, [...args, 'penstock', ...words, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] }),
  )
}

/** Makes a file of the person's; returns its path. */
function makeFile(name: string, bytes: number): string {
  const path = join(person.home, name)
  writeFileSync(path, randomBytes(bytes))
  const { uid, gid } = statSync(person.home)
  chownSync(path, uid, gid)
  return path
}

const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

async function receiving(dir: string, ...more: string[]): Promise<Running & { readonly port: number }> {
  const running = penstock('receive', '--dir', dir, '--accept', 'all', '--port', '0', '--hidden', ...more)
  return { ...running, ...(await portsOf(running)) }
}

test(
  'the command sends and receives without a display, as different users of one machine would',
  LIMIT,
  async () => {
    const file = makeFile('报告 one.bin', 40_000_000)
    const receiver = await receiving('taken', '--once', '--clear', '--state', 'other')
    const sender = penstock('send', file, '--to', `127.0.0.1:${receiver.port}`, '--clear')
    assert.equal((await sender.seen('report', 'failed')).event, 'report')
    assert.deepEqual([await sender.exit, await receiver.exit], [0, 0])
    assert.equal(hash(join(person.home, 'taken', '报告 one.bin')), hash(file))
    assert.ok(!existsSync(join(person.home, '.config')), 'the command line keeps nothing of a browser’s')
  },
)

test('exit codes and signals are those of the command line', LIMIT, async () => {
  const [program = '', ...args] = person.as(false)
  const version = outcome(program, [...args, 'penstock', '--version'])
  assert.deepEqual(version, { status: 0, text: `${VERSION}\n` })
  assert.equal(outcome(program, [...args, 'penstock', 'nonsense']).status, 2)
  assert.equal(outcome(program, [...args, 'penstock', 'send', 'nowhere', '--to', '127.0.0.1:1']).status, 1)
  const extra = outcome(program, [...args, 'penstock', 'help', 'send', '--', '--no-sandbox'])
  assert.match(extra.text, /does not take “--no-sandbox”/u, 'Chromium gets none of its words')
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const receiver = await receiving('taken')
    const [own = 0] = childrenOf(receiver.child.pid ?? 0)
    assert.deepEqual(childrenOf(own), [], 'one process and no other')
    process.kill(own, signal)
    assert.equal(await receiver.exit, 130)
  }
})

test('on a terminal it asks, and takes the answer', LIMIT, async () => {
  const file = makeFile('asked.bin', 1_000_000)
  const words = [
    'penstock',
    'receive',
    '--dir',
    'asked',
    '--once',
    '--port',
    '0',
    '--hidden',
    '--state',
    'third',
  ]
  const terminal = commandOnTerminal(words, person.as(false), {})
  const [, port = ''] = await terminal.seen(/ port (\d+)/u)
  const sender = penstock('send', file, '--to', `127.0.0.1:${port}`)
  const failed = sender.exit.then((code) => assert.equal(code, 0, terminal.screen()))
  await Promise.race([terminal.seen(/Accept offer 1\?/u), failed])
  terminal.type('y\n')
  await failed
  assert.deepEqual(await terminal.ended, { exit: 0, echo: true })
  assert.equal(hash(join(person.home, 'asked', 'asked.bin')), hash(file))
})

/** The kernel's restrictions of a process, from procfs. */
function confinement(pid: number) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const namespaces = /^NSpid:\s+(.*)$/mu.exec(status)?.[1]?.split(/\s+/u).length ?? 1
  return { seccomp: /^Seccomp:\s+2$/mu.test(status), namespaces }
}

/** Every process below one, with its command line. */
function below(pid: number): { readonly pid: number; readonly command: string }[] {
  return childrenOf(pid).flatMap((child) => {
    const command = readFileSync(`/proc/${child}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return [{ pid: child, command }, ...below(child)]
  })
}

let application: Application

test('the window runs in Chromium’s sandbox', LIMIT, async () => {
  application = await startApplication(person)
  const renderers = below(application.pid).filter(({ command }) => command.includes('--type=renderer'))
  assert.ok(renderers.length > 0)
  for (const { pid, command } of renderers) {
    assert.ok(!command.includes('--no-sandbox'))
    const { seccomp, namespaces } = confinement(pid)
    assert.ok(seccomp && namespaces > 1, `seccomp ${seccomp}, ${namespaces} namespaces`)
  }
})

test('“Open with” hands a file to the window that runs, which sends it', LIMIT, async () => {
  const file = makeFile('from the file manager.bin', 20_000_000)
  const { page } = application
  const receiver = await receiving('by-window', '--state', 'other', '--alias', 'Workshop')
  await meet(page, receiver.port)
  const [program = '', ...args] = person.as(true)
  assert.equal(outcome(program, [...args, '/opt/Penstock/penstock', file]).status, 0)
  const sheet = page.getByRole('dialog', { name: /^Send to/u })
  await sheet.getByText('from the file manager.bin').first().waitFor()
  await sheet.getByRole('button', { name: 'Send', exact: true }).click()
  await page.locator('[data-testid=transfer][data-state=done]').first().waitFor()
  assert.equal(hash(join(person.home, 'by-window', 'from the file manager.bin')), hash(file))
  const [own = 0] = childrenOf(receiver.child.pid ?? 0)
  process.kill(own, 'SIGTERM')
  await receiver.exit
})

test('the window takes what the command line sends, once its user accepts', LIMIT, async () => {
  const file = makeFile('to the window.bin', 20_000_000)
  const { page } = application
  const sender = penstock('send', file, '--to', `127.0.0.1:${await portOf(page)}`, '--state', 'other')
  await page.getByRole('button', { name: 'Accept', exact: true }).click()
  assert.equal(await sender.exit, 0)
  const taken = join(person.home, 'Downloads', 'Penstock', 'to the window.bin')
  assert.equal(hash(taken), hash(file))
})

test('the action of the menu entry opens the settings', LIMIT, async () => {
  const [program = '', ...args] = person.as(true)
  assert.equal(outcome(program, [...args, '/opt/Penstock/penstock', '--page=settings']).status, 0)
  await application.page.getByRole('dialog', { name: 'Settings' }).waitFor()
})

test('an upgrade keeps settings and identity', LIMIT, async () => {
  await request(application.page, 'changeSettings', { alias: '旧 name' })
  const state = join(person.home, '.local', 'state', 'penstock')
  const identity = readFileSync(join(state, 'identity.json'), 'utf8')
  await application.close()
  install(laterDeb())
  assert.equal(run('dpkg-query', '-W', '-f=${Version}', 'penstock'), '9.9.9')
  const later = await startApplication(person)
  const answer = await request(later.page, 'open', {})
  assert.equal(field(field(answer, 'self'), 'alias'), '旧 name')
  await later.close()
  assert.equal(readFileSync(join(state, 'identity.json'), 'utf8'), identity)
})

test(
  'the user service takes files from devices that are always accepted under its restrictions, and stops cleanly',
  LIMIT,
  () => {
    const { uid, gid } = statSync(person.home)
    mkdirSync(join(person.home, 'first'), { recursive: true })
    chownSync(join(person.home, 'first'), uid, gid)
    const here = import.meta.dirname
    const script = join(person.home, 'service.sh')
    writeFileSync(script, readFileSync(join(here, 'service.sh')))
    const { status, text } = outcome('sh', [join(here, 'user-manager.sh'), person.name, script])
    assert.equal(status, 0, text)
    assert.match(text, /^result=success state=inactive restarts=0$/mu)
  },
)

test('removed, it leaves nothing but what is the user’s', LIMIT, () => {
  const files = linesOf(run('dpkg', '-L', 'penstock')).filter((path) => !statSync(path).isDirectory())
  assert.ok(files.length > 40, files.join('\n'))
  const { status, text } = outcome('apt-get', ['purge', '-y', 'penstock'])
  assert.equal(status, 0, text)
  assert.deepEqual(
    files.filter((path) => existsSync(path)),
    [],
  )
  assert.deepEqual(tracesNow(), traces)
  assert.ok(existsSync(join(person.home, '.local', 'state', 'penstock', 'settings.json')))
})
