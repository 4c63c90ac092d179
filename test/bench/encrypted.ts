import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Contestant, type Job, nginxFiles, program } from './contestants.ts'
import { ADDRESS } from './network.ts'
import type { Tools } from './programs.ts'

/** Folders of OpenSSH's server, which it does not make itself. */
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

/** Options of OpenSSH's clients, to a server with keys of its own that no other program has. */
const CLIENT_OPTIONS = [
  'BatchMode=yes',
  'StrictHostKeyChecking=no',
  'UserKnownHostsFile=/dev/null',
  'LogLevel=ERROR',
].flatMap((option) => ['-o', option])

/** A client of OpenSSH, and its server. */
function openssh(
  tools: Tools,
  name: string,
  command: (job: Job, connection: readonly string[], folder: string) => readonly string[],
): Contestant {
  return program(tools, name, (job, port, folder) => {
    const keys = makeKeys(folder)
    mkdirSync(PRIVILEGE_SEPARATION, { recursive: true })
    const connection = ['-F', 'none', '-i', keys.own, '-P', String(port), ...CLIENT_OPTIONS]
    return {
      stays: true,
      listener: { side: 'b', command: ['/usr/sbin/sshd', '-D', '-f', serverFile(folder, port, keys)] },
      client: { side: 'a', command: command(job, connection, folder) },
    }
  })
}

/** OpenSSH's scp with its own choice of cipher. */
export function scp(tools: Tools): Contestant {
  return openssh(tools, 'scp', ({ source, into }, connection) => [
    ...['scp', '-q', '-r', '-p', ...connection, source, `root@${ADDRESS.b}:${into}/`],
  ])
}

/** OpenSSH's sftp with the cipher that the processor is fastest with, and the longest requests that its server takes. */
function sftp(tools: Tools): Contestant {
  return openssh(tools, 'sftp, aes128-gcm', ({ source, into }, connection, folder) => {
    const batch = join(folder, 'batch')
    writeFileSync(batch, `put ${source} ${into}/${basename(source)}\n`)
    const fast = ['-c', 'aes128-gcm@openssh.com', '-B', '261120', '-R', '128']
    return ['sftp', '-q', ...fast, ...connection, '-b', batch, `root@${ADDRESS.b}`]
  })
}

interface Certificate {
  readonly key: string
  readonly certificate: string
}

function makeCertificate(folder: string): Certificate {
  const files = { key: join(folder, 'key.pem'), certificate: join(folder, 'certificate.pem') }
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const written = ['-keyout', files.key, '-out', files.certificate, '-subj', `/CN=${ADDRESS.a}`]
  execFileSync('openssl', ['req', '-x509', ...kind, ...written], { stdio: 'ignore' })
  return files
}

/** nginx over TLS 1.3 with AES-128-GCM. */
function nginx(tools: Tools): Contestant {
  return program(tools, 'nginx TLS 1.3 + curl', ({ source, into }, port, folder) => {
    const { key, certificate } = makeCertificate(folder)
    const tls = `ssl_certificate ${certificate}; ssl_certificate_key ${key}; ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;`
    const config = nginxFiles(folder, { listen: `${port} ssl`, root: dirname(source), more: tls })
    return {
      stays: true,
      listener: { side: 'a', command: ['nginx', '-c', config] },
      client: {
        side: 'b',
        command: [
          ...['curl', '-sfk', '-o', join(into, basename(source))],
          `https://${ADDRESS.a}:${port}/${basename(source)}`,
        ],
      },
    }
  })
}

/** socat's OPENSSL addresses with buffers of 1 MiB. */
function socat(tools: Tools): Contestant {
  return program(tools, 'socat OPENSSL (1 MiB buffers)', ({ source, into }, port, folder) => {
    const { key, certificate } = makeCertificate(folder)
    const server = `OPENSSL-LISTEN:${port},cert=${certificate},key=${key},verify=0`
    return {
      stays: false,
      listener: {
        side: 'b',
        command: ['socat', '-u', '-b1048576', server, `CREATE:${join(into, basename(source))}`],
      },
      client: {
        side: 'a',
        command: [
          ...['socat', '-u', '-b1048576', `OPEN:${source}`],
          `OPENSSL:${ADDRESS.b}:${port},verify=0,commonname=${ADDRESS.a}`,
        ],
      },
    }
  })
}

/** Contestants that carry one file encrypted. */
export function encryptedPeers(tools: Tools): Contestant[] {
  return [scp(tools), sftp(tools), nginx(tools), socat(tools)]
}
