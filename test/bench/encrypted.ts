import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Contestant, program } from './contestants.ts'
import { ADDRESS } from './network.ts'
import type { Tools } from './programs.ts'

/** Where OpenSSH's server puts what it does before a login, and what it does not make itself. */
const PRIVILEGE_SEPARATION = '/run/sshd'

interface Keys {
  readonly own: string
  readonly server: string
}

function makeKeys(folder: string): Keys {
  const keys = { own: join(folder, 'own'), server: join(folder, 'server') }
  for (const key of Object.values(keys))
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  copyFileSync(`${keys.own}.pub`, join(folder, 'authorized'))
  return keys
}

function serverFile(folder: string, port: number, { server }: Keys): string {
  const path = join(folder, 'sshd.conf')
  const settings = {
    ListenAddress: ADDRESS.b,
    Port: String(port),
    HostKey: server,
    AuthorizedKeysFile: join(folder, 'authorized'),
    PidFile: 'none',
    StrictModes: 'no',
    UsePAM: 'no',
    PermitRootLogin: 'yes',
    Subsystem: 'sftp internal-sftp',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** OpenSSH's scp with its own choice of cipher, to a server with keys of its own that nobody else knows. */
export function scp(tools: Tools): Contestant {
  return program(tools, 'scp', ({ source, into }, port, folder) => {
    const keys = makeKeys(folder)
    mkdirSync(PRIVILEGE_SEPARATION, { recursive: true })
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
    ]
    return {
      stays: true,
      listener: { side: 'b', command: ['/usr/sbin/sshd', '-D', '-f', serverFile(folder, port, keys)] },
      client: {
        side: 'a',
        command: [
          ...['scp', '-q', '-r', '-p', '-F', 'none', '-i', keys.own, '-P', String(port)],
          ...options.flatMap((option) => ['-o', option]),
          ...[source, `root@${ADDRESS.b}:${into}/`],
        ],
      },
    }
  })
}
