import { ORDINARY } from '../support/report.ts'
import { PLAIN_STREAMS } from '../../main/contract/report.ts'
import { trustedInMemory } from '../support/penstock/trusted.ts'
import type { Pairing } from '../../main/core/index.ts'
import { sendRule } from '../support/copy-rules.ts'
import { PassThrough } from 'node:stream'
import type { Context, Product } from '../../main/cli/context.ts'
import { Interrupt } from '../../main/cli/interrupt.ts'
import { Output } from '../../main/cli/output/output.ts'
import { Prompt } from '../../main/cli/terminal/prompt.ts'
import type { TransferReport } from '../../main/contract/report.ts'
import type {
  IncomingOffer,
  TerminalState,
  TransferState,
  TransferView,
} from '../../main/contract/transfer.ts'
import type { Device } from '../../main/contract/device.ts'
import type {
  ReceiveOptions,
  CopyOptions,
  LinkOptions,
  SendOptions,
  Share,
  ShareOptions,
  Transfer,
} from '../../main/core/api.ts'

export const PEER = { alias: 'Laptop', fingerprint: 'ab'.repeat(32), kind: 'penstock' } as const

export const DEVICE: Device = {
  ...PEER,
  id: PEER.fingerprint,
  deviceModel: null,
  deviceType: 'desktop',
  version: '2.1',
  protocol: 'https',
  host: '192.0.2.7',
  port: 53317,
  penstock: { versions: [2], dataPort: 53318, ciphers: ['sealed', 'none'] },
  foundBy: ['multicast'],
  recent: false,
  trusted: false,
  namesake: null,
  lastSeen: 0,
}

export const REPORT: TransferReport = {
  transferId: 't1',
  role: 'sender',
  peer: PEER,
  entries: 3,
  files: 3,
  bytes: 5_000_000_000,
  seconds: 4,
  bytesPerSecond: 1_250_000_000,
  ...ORDINARY,
  syscalls: { sendfile: 12, write: 3, poll: 0 },
  contextSwitches: { voluntary: 4, involuntary: 1 },
  cpuSeconds: { user: 0.1, system: 0.9 },
  processCpuSeconds: { user: 0.2, system: 1 },
  check: { mode: 'crc32c', bytes: 5_000_000_000 },
  pageFaults: { minor: 1, major: 0 },
  copies: {
    cpu: 1,
    dma: 0,
    cipherPasses: 0,
    rule: sendRule('sendfile-gather', { source: 'memory', card: false }),
  },
  cachedPagesLeft: 512,
  peakRssBytes: 60_000_000,
}

const STRANGER = { recent: false, trusted: false, namesake: null, alwaysAccept: false }

export const OFFER: IncomingOffer = {
  offerId: 'o1',
  transferId: 't1',
  peer: { ...PEER, proved: true, ...STRANGER, host: '192.0.2.7' },
  totals: { files: 3, directories: 1, symlinks: 0, bytes: 5_000_000_000 },
  ...PLAIN_STREAMS,
  title: '照片',
  preview: [],
  folder: '/home/me/in',
  room: { needed: 1000, free: 2000 },
}

/** A transfer that the test ends. */
export class FakeTransfer implements Transfer {
  readonly id: string
  readonly peerIdentity = null
  readonly isWanted = true
  readonly role: 'sender' | 'receiver'
  readonly ended: Promise<TerminalState>
  cancels = 0
  bytes = 0
  #state: TransferState = { kind: 'preparing' }
  #end: (end: TerminalState) => void = () => undefined
  readonly #listeners = new Set<() => void>()

  constructor(role: 'sender' | 'receiver', id = OFFER.offerId) {
    this.role = role
    this.id = id
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  become(state: TransferState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
    switch (state.kind) {
      case 'done':
      case 'failed':
      case 'refused':
      case 'cancelled':
        this.#end(state)
    }
  }

  view(): TransferView {
    return {
      transferId: OFFER.transferId,
      role: this.role,
      peer: PEER,
      title: '照片',
      topEntries: 1,
      totals: OFFER.totals,
      state: this.#state,
      ...PLAIN_STREAMS,
      network: 'card',
      choice: null,
      bytes: this.bytes,
      files: 0,
      startedAt: 0,
      movingSince: null,
      folder: null,
      savedAs: this.role === 'receiver' ? ['/home/me/in/照片'] : [],
      peerTechnique: null,
      peerFellBackFrom: null,
      limitedBy: null,
      copies: null,
      peerCopies: null,
      counters: null,
    }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  cancel(): void {
    this.cancels += 1
    this.become({ kind: 'cancelled', by: 'here', problem: { code: 'cancelled-here' } })
  }

  setTechnique(): void {
    throw new Error('not asked for')
  }
}

/** A product without a network: records its calls, and lets the test end what it has begun. */
export class FakePenstock implements Product {
  readonly fingerprint = 'cd'.repeat(32)
  readonly alias = '我的电脑'
  readonly trusted = trustedInMemory()
  /** The listeners of requests to pair, and the pairing that a start returns. */
  readonly pairingListeners = new Set<(pairing: Pairing) => void>()
  paired: Pairing | null = null
  readonly pairing = {
    start: (): Pairing => {
      if (this.paired === null) throw new Error('not asked for')
      return this.paired
    },
    onRequest: (listener: (pairing: Pairing) => void) => {
      this.pairingListeners.add(listener)
      return () => this.pairingListeners.delete(listener)
    },
  }
  readonly sent: { readonly options: SendOptions; readonly transfer: FakeTransfer }[] = []
  readonly copied: { readonly options: CopyOptions; readonly transfer: FakeTransfer }[] = []
  readonly shared: ShareOptions[] = []
  readonly linked: LinkOptions[] = []
  onShare: (options: ShareOptions) => Share = () => {
    throw new Error('not asked for')
  }
  received: ReceiveOptions | null = null
  closes = 0
  receivingCloses = 0
  onSend: (transfer: FakeTransfer) => void = () => undefined
  onReceive: (options: ReceiveOptions, incoming: (transfer: Transfer) => void) => void = () => undefined
  resolve: (to: string) => Promise<Device> = () => Promise.resolve(DEVICE)

  readonly peers = {
    list: () => [DEVICE],
    onChange: () => () => undefined,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    searched: () => Promise.resolve(),
    twin: null,
    probe: () => Promise.resolve(DEVICE),
    resolve: (to: string) => this.resolve(to),
  }

  send(options: SendOptions): Transfer {
    const transfer = this.started()
    this.sent.push({ options, transfer })
    return transfer
  }

  copy(options: CopyOptions): Transfer {
    const transfer = this.started()
    this.copied.push({ options, transfer })
    return transfer
  }

  share(options: ShareOptions): Promise<Share> {
    this.shared.push(options)
    return Promise.resolve(this.onShare(options))
  }

  private started(): FakeTransfer {
    const transfer = new FakeTransfer('sender')
    setImmediate(() => {
      this.onSend(transfer)
    })
    return transfer
  }

  receive(options: ReceiveOptions): ReturnType<Product['receive']> {
    this.received = options
    return Promise.resolve({
      port: 40000,
      dataPort: 40001,
      dir: options.dir,
      onTransfer: (listener) => {
        setImmediate(() => {
          this.onReceive(options, listener)
        })
        return () => undefined
      },
      openLink: (link) => {
        this.linked.push(link)
        return Promise.resolve({
          links: ['https://192.0.2.1:53319/'],
          port: 53319,
          fingerprint: this.fingerprint,
          close: () => Promise.resolve(),
        })
      },
      close: () => {
        this.receivingCloses += 1
        return Promise.resolve()
      },
    })
  }

  history(): ReturnType<Product['history']> {
    return Promise.resolve([])
  }

  close(): Promise<void> {
    this.closes += 1
    return Promise.resolve()
  }
}

/** A context whose streams are kept in memory. */
export function fakeContext(
  penstock: Product,
  options: { json?: boolean; interactive?: boolean; pin?: string } = {},
) {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const stdin = new PassThrough()
  const interrupt = new Interrupt()
  const written = { out: '', err: '' }
  stdout.setEncoding('utf8').on('data', (text: string) => (written.out += text))
  stderr.setEncoding('utf8').on('data', (text: string) => (written.err += text))
  const context: Context = {
    output: new Output({ stdout, stderr }, options.json ?? false, 'en'),
    interrupt,
    global: { json: options.json ?? false, state: null, alias: null },
    prompt: new Prompt(stdin, stderr, () => {
      interrupt.request()
    }),
    environmentPin: options.pin ?? null,
    interactive: options.interactive ?? false,
    terminal: false,
    self: { file: '', args: [] },
    onProgrammingError: () => undefined,
    open: () => Promise.resolve(penstock),
  }
  return { context, written, stdin, stdout, stderr, interrupt }
}

/** Types an answer each time when a question that matches has been shown in full. */
export function answerEach(
  { stdin, stderr }: Pick<ReturnType<typeof fakeContext>, 'stdin' | 'stderr'>,
  question: RegExp,
  ...answers: readonly string[]
): void {
  let shown = ''
  let given = 0
  stderr.on('data', (text: string) => {
    shown += text
    const answer = answers[given]
    if (answer === undefined || !question.test(shown)) return
    shown = ''
    given += 1
    stdin.write(answer)
  })
}

/** Standard output as the objects of its lines; fails if a line is anything else. */
export function jsonLines(out: string): Record<string, unknown>[] {
  if (out === '') return []
  if (!out.endsWith('\n')) throw new Error(`the last line has no end: ${out}`)
  return out
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const value: unknown = JSON.parse(line)
      if (typeof value !== 'object' || value === null) throw new Error(`not an object: ${line}`)
      return Object.fromEntries(Object.entries(value))
    })
}
