import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { CallsOfFiles } from './calls.ts'
import { ADDRESS, type Side } from './network.ts'
import { Receiver } from './penstock.ts'
import { firstPacket, listening, secondsBetween, timed, type Tools } from './programs.ts'

/** The cost of one run. */
export interface Outcome {
  /** From the first packet on the wire to the end of the last program, or to "done" if programs stay up. */
  readonly seconds: number
  /** From the start of the command that a user waits for to its end. */
  readonly wall: number
  /** CPU seconds of the programs and their children. */
  readonly sender: number
  readonly receiver: number
  /** Busy shares of JavaScript's main threads; only Penstock has one. */
  readonly mainShares?: { readonly sender: number; readonly receiver: number }
  /** System calls of the threads that move the files; only Penstock reports them. */
  readonly calls?: { readonly sender: CallsOfFiles; readonly receiver: CallsOfFiles }
}

/** A transfer to be made: `source` on side a into the empty folder `into` on side b. */
export interface Job {
  readonly source: string
  readonly into: string
}

export interface Contestant {
  readonly name: string
  run(job: Job): Promise<Outcome>
  /** Ends what stays up between runs. */
  close(): Promise<void>
}

interface Command {
  readonly side: Side
  readonly command: readonly string[]
}

const cpuOf = ({ user, system }: { user: number; system: number }): number => user + system
let lastPort = 20_000
/** A port that no run has had, with the one behind it for data. */
function newPort(): number {
  lastPort += 2
  return lastPort
}

/**
 * Two programs: the one that listens is started first; the other one's end, and the listener's if it ends by
 * itself, is the end of the transfer.
 */
async function pair(
  tools: Tools,
  port: number,
  { listener, client, stays }: { listener: Command; client: Command; stays: boolean },
): Promise<Outcome> {
  const server = timed(tools, listener.side, listener.command)
  await listening(server.child, port)
  const packet = await firstPacket(tools)
  const caller = timed(tools, client.side, client.command)
  const called = await caller.usage().catch(async (error: unknown) => {
    // The output of the other program often has the reason.
    await server.usage()
    throw error
  })
  const served = await (stays ? server.stop() : server.usage())
  const end = stays || called.end > served.end ? called.end : served.end
  const of = (side: Side): number => cpuOf(client.side === side ? called : served)
  return {
    seconds: secondsBetween(await packet.at, end),
    wall: secondsBetween(called.begin, end),
    sender: of('a'),
    receiver: of('b'),
  }
}

type Pair = (job: Job, port: number, folder: string) => Parameters<typeof pair>[2]

/** A pair of programs as a contestant; each run has a port and a folder of its own. */
export function program(tools: Tools, name: string, make: Pair): Contestant {
  return {
    name,
    run: (job) => {
      const port = newPort()
      const folder = join(tools.folder, `run-${port}`)
      mkdirSync(folder)
      return pair(tools, port, make(job, port, folder))
    },
    close: () => Promise.resolve(),
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
const shell = (words: string): string[] => ['sh', '-c', words]
const target = ({ source, into }: Job): string => join(into, basename(source))

/** A configuration for one server of files in `folder`; `listen` is its port and what follows it. */
export function nginxFiles(
  folder: string,
  { listen, root, more = '' }: { readonly listen: string; readonly root: string; readonly more?: string },
): string {
  const path = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ')
  const server = `server { listen ${ADDRESS.a}:${listen}; root ${root}; ${more} }`
  writeFileSync(
    path,
    `user root; daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr;
events { worker_connections 64; }
http { access_log off; sendfile on; tcp_nopush on; ${temporary} ${server} }
`,
  )
  return path
}

function vsftpdFile(folder: string, port: number, root: string): string {
  const path = join(folder, 'vsftpd.conf')
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  const settings = {
    listen: 'YES',
    background: 'NO',
    listen_address: ADDRESS.a,
    listen_port: String(port),
    anonymous_enable: 'YES',
    no_anon_password: 'YES',
    anon_root: root,
    run_as_launching_user: 'YES',
    use_sendfile: 'YES',
    seccomp_sandbox: 'NO',
    secure_chroot_dir: empty,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

function rsyncFile(folder: string, into: string): string {
  const path = join(folder, 'rsyncd.conf')
  writeFileSync(
    path,
    `use chroot = no
uid = root
gid = root
pid file = ${folder}/pid
log file = /dev/null
[in]
path = ${into}
read only = no
`,
  )
  return path
}

const rsync = (tools: Tools): Contestant =>
  program(tools, 'rsync daemon', ({ source, into }, port, folder) => ({
    stays: true,
    listener: {
      side: 'b',
      command: [
        ...['rsync', '--daemon', '--no-detach', `--config=${rsyncFile(folder, into)}`],
        ...[`--port=${port}`, `--address=${ADDRESS.b}`],
      ],
    },
    client: {
      side: 'a',
      command: ['rsync', '--archive', '--whole-file', source, `rsync://${ADDRESS.b}:${port}/in/`],
    },
  }))

/** Programs that carry a file and do nothing else. */
export function limit(tools: Tools): Contestant {
  return program(tools, 'plain C: sendfile → splice', (job, port) => ({
    stays: false,
    listener: { side: 'b', command: [tools.limit, 'receive', String(port), target(job)] },
    client: { side: 'a', command: [tools.limit, 'send', ADDRESS.b, String(port), job.source] },
  }))
}

/** Contestants that carry one file. The first is the limit. */
export function filePeers(tools: Tools): Contestant[] {
  return [
    limit(tools),
    program(tools, 'socat (1 MiB buffers)', (job, port) => ({
      stays: false,
      listener: {
        side: 'b',
        command: ['socat', '-u', '-b1048576', `TCP-LISTEN:${port}`, `CREATE:${target(job)}`],
      },
      client: {
        side: 'a',
        command: ['socat', '-u', '-b1048576', `OPEN:${job.source}`, `TCP:${ADDRESS.b}:${port}`],
      },
    })),
    program(tools, 'netcat', (job, port) => ({
      stays: false,
      listener: { side: 'b', command: shell(`exec nc -l ${port} > ${quoted(target(job))}`) },
      client: { side: 'a', command: shell(`exec nc -N ${ADDRESS.b} ${port} < ${quoted(job.source)}`) },
    })),
    program(tools, 'nginx sendfile + curl', (job, port, folder) => ({
      stays: true,
      listener: {
        side: 'a',
        command: ['nginx', '-c', nginxFiles(folder, { listen: String(port), root: dirname(job.source) })],
      },
      client: {
        side: 'b',
        command: ['curl', '-sf', '-o', target(job), `http://${ADDRESS.a}:${port}/${basename(job.source)}`],
      },
    })),
    program(tools, 'vsftpd + curl', (job, port, folder) => ({
      stays: true,
      listener: { side: 'a', command: ['vsftpd', vsftpdFile(folder, port, dirname(job.source))] },
      client: {
        side: 'b',
        command: ['curl', '-sf', '-o', target(job), `ftp://${ADDRESS.a}:${port}/${basename(job.source)}`],
      },
    })),
    rsync(tools),
  ]
}

/** Contestants that carry a folder. */
export function folderPeers(tools: Tools): Contestant[] {
  return [
    program(tools, 'tar | netcat', ({ source, into }, port) => ({
      stays: false,
      listener: { side: 'b', command: shell(`nc -l ${port} | tar -xf - -C ${quoted(into)}`) },
      client: {
        side: 'a',
        command: shell(
          `tar -cf - -C ${quoted(dirname(source))} ${quoted(basename(source))} | nc -N ${ADDRESS.b} ${port}`,
        ),
      },
    })),
    rsync(tools),
  ]
}

/** Penstock with a receiver that stays up while the target folder is the same. */
export class PenstockContestant implements Contestant {
  readonly name: string
  readonly #tools: Tools
  readonly #sending: readonly string[]
  readonly #receiving: readonly string[]
  #receiver: Receiver | null = null

  constructor(tools: Tools, name: string, sending: readonly string[], receiving: readonly string[] = []) {
    this.name = name
    this.#tools = tools
    this.#sending = sending
    this.#receiving = receiving
  }

  async run({ source, into }: Job): Promise<Outcome> {
    if (!this.#receiver) {
      const port = newPort()
      const state = join(this.#tools.folder, `state-${port}`)
      const args = ['--durability', 'os', ...this.#receiving]
      this.#receiver = await Receiver.start(state, into, port, args)
    }
    const packet = await firstPacket(this.#tools)
    const sent = await this.#receiver.send(source, this.#sending)
    return {
      seconds: secondsBetween(await packet.at, sent.doneAt),
      wall: sent.wall,
      sender: cpuOf(sent.report.processCpuSeconds),
      receiver: cpuOf(sent.received.processCpuSeconds),
      mainShares: sent.mainShares,
      calls: { sender: sent.report, receiver: sent.received },
    }
  }

  async close(): Promise<void> {
    const receiver = this.#receiver
    this.#receiver = null
    await receiver?.stop()
  }
}
