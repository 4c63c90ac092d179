// Invariant: what arrives is never more accessible than what was sent, nor than the umask and the folder permit: mode, group
// and ACL are those of an entry created in its final folder with the mode that was sent, and never setuid, setgid or sticky of
// the sender. Each mode × folder × rule × route, and each umask × route.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Running } from '../support/processes/cli.ts'
import { temporaryFolder } from '../support/files/temporary.ts'
import { describeMounted, mountLoop } from '../support/files/loop.ts'
import { Phone } from '../support/localsend/phone.ts'
import { penstock, portsOf, sendTo } from '../support/processes/cli.ts'

const FILES = [0o000, 0o400, 0o600, 0o640, 0o644, 0o666, 0o755, 0o777, 0o4755, 0o2755, 0o1777]
const FOLDERS = [0o700, 0o750, 0o755, 0o777, 0o2775, 0o1777]
/** That of most tests, and others. */
const UMASK = '027'
const UMASKS = ['000', '002', '077']
const GROUP = 4242

/** What a folder of the target is before anything arrives, and whether the machine can make it so. */
const PLACES: Readonly<Record<string, (path: string) => boolean>> = {
  plain: () => true,
  setgid: (path) => {
    chownSync(path, 0, GROUP)
    chmodSync(path, 0o2775)
    return true
  },
  'a default ACL that is strict': (path) => acl(path, 'u::rwx,g::---,o::---'),
  'a default ACL that shares': (path) => acl(path, 'u::rwx,u:4343:rwx,g::r-x,m::rwx,o::---'),
}
const RULES = ['keep-both', 'replace'] as const
const ROUTES = ['encrypted', 'unencrypted', 'copied']

function acl(path: string, entries: string): boolean {
  return spawnSync('setfacl', ['-d', '-m', entries, path]).status === 0
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0')

/** Mode, group and ACL. */
function rightsOf(path: string): string {
  const { mode, gid } = lstatSync(path)
  const list = spawnSync('getfacl', ['-cnps', path], { encoding: 'utf8' }).stdout.trim()
  return [octal(mode & 0o7777), gid, list.replaceAll('\n', ' ')].join(' ')
}

/** The source: files of each mode, and a folder of each mode with a file in it. */
function makeSource(root: string): string {
  const source = join(root, 'set')
  mkdirSync(source)
  const put = (path: string, mode: number) => {
    writeFileSync(path, 'content')
    chmodSync(path, mode)
  }
  for (const mode of FILES) put(join(source, `f${octal(mode)}`), mode)
  // Folders that are there already, into which a rule merges.
  mkdirSync(join(source, 'sub'))
  for (const mode of FILES) put(join(source, 'sub', `f${octal(mode)}`), mode)
  for (const mode of FOLDERS) {
    mkdirSync(join(source, `d${octal(mode)}`))
    put(join(source, `d${octal(mode)}`, 'f'), 0o666)
    chmodSync(join(source, `d${octal(mode)}`), mode)
  }
  return source
}

/** What the system itself gives to such entries, created where they go. */
const MAKE = `
umask "$1"; cd "$2"; shift 2
python3 - "$@" <<'P'
import os, sys
for arg in sys.argv[1:]:
    kind, path, mode = arg.split(':')
    mode = int(mode, 8)
    if kind == 'd': os.mkdir(path, mode)
    else: os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
P
`

function makeExpected(dir: string, umask: string, entries: readonly string[]): void {
  const made = spawnSync('bash', ['-c', MAKE, 'bash', umask, dir, ...entries], { encoding: 'utf8' })
  assert.equal(made.status, 0, made.stderr)
}

const under = (umask: string) => ['bash', '-c', `umask ${umask}; exec "$@"`, 'bash']

function contents(top: string): string[] {
  return [
    ...FILES.map((mode) => `f:${top}/f${octal(mode)}:${octal(mode & 0o777)}`),
    ...FILES.map((mode) => `f:${top}/sub/f${octal(mode)}:${octal(mode & 0o777)}`),
    ...FOLDERS.flatMap((mode) => [
      `d:${top}/d${octal(mode)}:${octal(mode & 0o777)}`,
      `f:${top}/d${octal(mode)}/f:666`,
    ]),
  ]
}

describeMounted(
  'rights on ext4',
  () =>
    process.getuid?.() === 0
      ? mountLoop('ext4', 200 * 1024 ** 2)
      : 'it needs root, to give files other groups',
  (mounted) => {
    const root = temporaryFolder('rights')
    const source = makeSource(root)
    let count = 0

    /** Two targets that are made alike: one for the transfer, and one for the system. */
    const targets = (place: string, merges: boolean): readonly [string, string] | null => {
      const made = ['arrived', 'expected'].map((name) => {
        const dir = join(mounted.path, `${String((count += 1))}-${name}`)
        mkdirSync(dir)
        const able = PLACES[place]?.(merges ? makeMerged(dir) : dir) === true
        return able ? dir : null
      })
      const [arrived, expected] = made
      return arrived && expected ? [arrived, expected] : null
    }
    const makeMerged = (dir: string): string => {
      mkdirSync(join(dir, 'set', 'sub'), { recursive: true })
      return join(dir, 'set', 'sub')
    }

    const assertAlike = (arrived: string, expected: string, entries: readonly string[]): void => {
      const of = (dir: string) =>
        entries.map((one) => `${one} ${rightsOf(join(dir, one.split(':')[1] ?? ''))}`)
      assert.deepEqual(of(arrived), of(expected))
    }

    const finish = async (...running: readonly Running[]): Promise<void> => {
      for (const one of running) assert.equal(await one.exit, 0, JSON.stringify(one.lines.at(-1)))
    }

    const cases = [
      ...Object.keys(PLACES).flatMap((place) => RULES.map((rule) => ({ place, rule, umask: UMASK }))),
      ...UMASKS.map((umask) => ({ place: 'plain', rule: RULES[0], umask })),
    ]
    for (const { place, rule, umask } of cases) {
      const merges = rule !== 'keep-both'
      for (const route of ROUTES) {
        test(`${place}, umask ${umask}, ${rule}, ${route}`, async (t) => {
          const dirs = targets(place, merges)
          if (dirs === null) return t.skip('NOT RUN: setfacl is not installed')
          const [arrived, expected] = dirs
          const common = ['--on-conflict', rule, '--state', join(root, `state-${String(count)}`)]
          if (route === 'copied') {
            await finish(penstock(['send', source, '--to-folder', arrived, ...common], under(umask)))
          } else {
            const clear = route === 'encrypted' ? [] : ['--clear']
            const fixed = ['--dir', arrived, '--port', '0', '--accept', 'all', '--hidden', '--once']
            const receiving = penstock(['receive', ...fixed, ...clear, ...common], under(umask))
            const { port } = await portsOf(receiving)
            const sending = penstock([...sendTo(port, source, join(root, 'sender')), ...clear])
            await finish(sending, receiving)
          }
          const folders = merges ? [] : ['d:set:755', 'd:set/sub:755']
          makeExpected(expected, umask, [...folders, ...contents('set')])
          assertAlike(arrived, expected, [...folders, ...contents('set')])
        })
      }
    }

    describe('of a phone', () => {
      for (const { place, umask } of cases.filter(({ rule }) => rule === 'keep-both')) {
        test(`${place}, umask ${umask}`, async (t) => {
          const dirs = targets(place, false)
          if (dirs === null) return t.skip('NOT RUN: setfacl is not installed')
          const [arrived, expected] = dirs
          const fixed = ['--dir', arrived, '--port', '0', '--accept', 'all', '--hidden', '--once']
          const state = ['--state', join(root, `state-${String(count)}`)]
          const receiving = penstock(['receive', ...fixed, ...state], under(umask))
          const phone = new Phone((await portsOf(receiving)).port)
          await phone.offer([
            { id: 'a', fileName: 'a', size: 1 },
            { id: 'b', fileName: 'd/e/b', size: 1 },
          ])
          for (const id of ['a', 'b']) assert.equal((await phone.upload(id, 'x')).status, 200)
          await finish(receiving)
          const entries = ['f:a:666', 'd:d:777', 'd:d/e:777', 'f:d/e/b:666']
          makeExpected(expected, umask, entries)
          assertAlike(arrived, expected, entries)
        })
      }
    })
  },
)
