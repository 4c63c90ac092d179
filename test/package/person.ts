import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Browser, chromium, type Page } from 'playwright-core'
import { run } from './built.ts'

/** An ordinary user of this machine, made for the test, with a screen in memory. */
export interface Person {
  readonly name: string
  readonly home: string
  /** What starts a program as this user, in the environment of a login. */
  as(display: boolean): readonly string[]
  /** Ends the user's processes and removes the user and its files. */
  remove(): Promise<void>
}

async function startScreen(
  name: string,
): Promise<{ readonly display: string; readonly server: ChildProcess }> {
  const words = [
    '-u',
    name,
    '--',
    'Xvfb',
    '-displayfd',
    '1',
    '-screen',
    '0',
    '1280x900x24',
    '-nolisten',
    'tcp',
  ]
  const server = spawn('runuser', words, { stdio: ['ignore', 'pipe', 'ignore'] })
  const line = await new Promise<string>((resolve) => {
    createInterface({ input: server.stdout }).once('line', resolve)
  })
  return { display: `:${line}`, server }
}

/** Makes a user and a screen. */
export async function makePerson(): Promise<Person> {
  const name = `penstock-test-${process.pid}`
  run('useradd', '--create-home', '--shell', '/bin/sh', name)
  const home = `/home/${name}`
  const { display, server } = await startScreen(name)
  return {
    name,
    home,
    as: (onScreen) => [
      ...['runuser', '-u', name, '--', 'env', '-i', `--chdir=${home}`, `HOME=${home}`, `USER=${name}`],
      ...['PATH=/usr/bin:/bin', 'LANG=C.UTF-8', ...(onScreen ? [`DISPLAY=${display}`] : [])],
    ],
    async remove() {
      if (server.exitCode === null) {
        server.kill()
        await once(server, 'exit')
      }
      run('userdel', '--remove', name)
    },
  }
}

/** The installed application, running on a person's screen. */
export interface Application {
  readonly page: Page
  readonly pid: number
  close(): Promise<void>
}

const LISTENING = /^DevTools listening on ws:\/\/([\d.:]+)\//u

/** Starts the installed application as a person would, and connects to its window by its debugging port. */
export async function startApplication(person: Person, words: readonly string[] = []): Promise<Application> {
  const [program = '', ...args] = person.as(true)
  const child = spawn(program, [...args, '/opt/Penstock/penstock', '--remote-debugging-port=0', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const lines: string[] = []
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line)
      const found = LISTENING.exec(line)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', (code) => {
      reject(new Error(`The application ended with ${String(code)}: ${lines.join('\n')}`))
    })
  })
  const browser = await chromium.connectOverCDP(`http://${address}`)
  const page = await firstPage(browser)
  await page.getByRole('group', { name: /This device|本机/u }).waitFor()
  return {
    page,
    pid: programOf(child.pid ?? 0),
    async close() {
      const ended = once(child, 'exit')
      process.kill(programOf(child.pid ?? 0), 'SIGTERM')
      await ended
      await browser.close().catch(() => undefined)
    },
  }
}

async function firstPage(browser: Browser): Promise<Page> {
  const [context] = browser.contexts()
  if (context === undefined) throw new Error('The application has no window')
  return context.pages()[0] ?? context.waitForEvent('page')
}

/** Processes whose parent is this one. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((one) => one !== '')
    .map(Number)
}

/** runuser stays as the parent of what it starts. */
function programOf(pid: number): number {
  return childrenOf(pid)[0] ?? pid
}
