import { steadyNow } from '../../contract/clock.ts'
import progressBars, { type SingleBar } from 'cli-progress'
import type { Transfer } from '../../core/index.ts'
import type { TransferView } from '../../contract/transfer.ts'
import { formatBytes, formatPercent, formatRate, isAlmostDone } from '../../messages/index.ts'
import type { Output } from './output.ts'

/** JSON lines at most four times a second. */
const SAMPLE_MS = 250
/** Without a terminal, an occasional line shows progress without filling a log. */
const PLAIN_LINE_MS = 5000
/** The rate shown is that of the last two seconds. */
const RATE_WINDOW_MS = 2000

/** Columns of the bar with its figures. */
const BAR_COLUMNS = 80

/** Whether a terminal can move its cursor, and is wide enough for the bar; others get plain lines. */
export function canDraw(
  { columns }: { readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const term = env['TERM'] ?? ''
  return term !== '' && term !== 'dumb' && (columns ?? 0) >= BAR_COLUMNS
}

/** The rate over a sliding window. */
export class RateMeter {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = []

  /** Adds a sample (milliseconds, bytes so far) and returns bytes per second over the window. */
  sample(at: number, bytes: number): number {
    this.#samples.push({ at, bytes })
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? at) <= at - RATE_WINDOW_MS)
      this.#samples.shift()
    const first = this.#samples[0]
    if (first === undefined || at <= first.at) return 0
    return Math.max(0, ((bytes - first.bytes) * 1000) / (at - first.at))
  }
}

/** The time that is left, in words; empty if it is not known. */
export function timeLeft(output: Output, seconds: number): string {
  if (!Number.isFinite(seconds)) return ''
  const { left, almostDone } = output.words.progress
  return isAlmostDone(seconds) ? almostDone : output.text(left, { seconds: Math.ceil(seconds) })
}

/** Shows the progress of transfers: a bar on a terminal, JSON lines, or an occasional plain line. */
export class Progress {
  readonly #output: Output
  readonly #terminal: boolean
  #bar: { readonly owner: string; readonly bar: SingleBar } | null = null
  #held = false

  constructor(output: Output, terminal: boolean) {
    this.#output = output
    this.#terminal = terminal && !output.json
  }

  /** Hides the bar during a prompt. */
  async hold<T>(ask: () => Promise<T>): Promise<T> {
    this.#endBar()
    this.#held = true
    try {
      return await ask()
    } finally {
      this.#held = false
    }
  }

  /** Follows a transfer until the returned function is called. */
  follow(transfer: Transfer): () => void {
    const meter = new RateMeter()
    let shownAt = 0
    let shownBytes = -1
    const show = (): void => {
      const view = transfer.view()
      const moving = view.state.kind === 'running' || view.state.kind === 'committing'
      if (!moving && !(view.bytes > 0)) return
      const now = steadyNow()
      const rate = meter.sample(now, view.bytes)
      if (this.#output.json) {
        if (view.bytes === shownBytes || now - shownAt < SAMPLE_MS - 5) return
        this.#event(view, rate)
      } else if (this.#terminal) {
        this.#draw(transfer.id, view, rate)
        return
      } else {
        if (now - (shownAt || (view.movingSince ?? now)) < PLAIN_LINE_MS) return
        this.#output.note(this.#line(view, rate))
      }
      shownAt = now
      shownBytes = view.bytes
    }
    const timer = setInterval(show, SAMPLE_MS)
    return () => {
      clearInterval(timer)
      show()
      if (this.#bar?.owner === transfer.id) this.#endBar()
    }
  }

  #event(view: TransferView, rate: number): void {
    this.#output.event({
      event: 'progress',
      transferId: view.transferId,
      bytes: view.bytes,
      totalBytes: view.totals.bytes,
      files: view.files,
      totalFiles: view.totals.files,
      bytesPerSecond: Math.round(rate),
    })
  }

  #line(view: TransferView, rate: number): string {
    return this.#output.text(this.#output.words.progress.line, {
      title: view.title,
      percent: formatPercent(view.bytes, view.totals.bytes),
      bytes: view.bytes,
      total: view.totals.bytes,
      rate,
    })
  }

  #draw(owner: string, view: TransferView, rate: number): void {
    if (this.#held) return
    if (this.#bar === null) {
      const bar = new progressBars.SingleBar({
        stream: this.#output.stderr,
        format: '{bar} {percent}  {amount}  {rate}  {left}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 30,
        hideCursor: false,
        clearOnComplete: true,
        stopOnComplete: false,
        // This program handles signals itself: the bar must not end the process.
        gracefulExit: false,
        emptyOnZero: true,
      })
      this.#bar = { owner, bar }
      bar.start(Math.max(1, view.totals.bytes), 0, { percent: '', amount: '', rate: '', left: '' })
    }
    if (this.#bar.owner !== owner) return
    const rest = rate > 0 ? (view.totals.bytes - view.bytes) / rate : NaN
    this.#bar.bar.setTotal(Math.max(1, view.totals.bytes))
    this.#bar.bar.update(view.bytes, {
      percent: formatPercent(view.bytes, view.totals.bytes).padStart(4),
      amount: `${formatBytes(view.bytes)} / ${formatBytes(view.totals.bytes)}`,
      rate: formatRate(rate),
      left: timeLeft(this.#output, rest),
    })
  }

  #endBar(): void {
    this.#bar?.bar.stop()
    this.#bar = null
  }
}
