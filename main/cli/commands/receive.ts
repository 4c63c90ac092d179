import { toProblem } from '../../contract/errors.ts'
import type { IncomingOffer } from '../../contract/transfer.ts'
import type { AlwaysAccept, Decision, Pairing, ReceivedText, Receiving, Transfer } from '../../core/index.ts'
import { formatFingerprint, visible } from '../../messages/index.ts'
import type { ReceiveArgs } from '../args/types.ts'
import { withPenstock, type Context, type Product } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { atMost } from '../interrupt.ts'
import { isAlways, isYes } from '../terminal/answers.ts'
import { pinFrom } from '../terminal/pin.ts'
import { Progress } from '../output/progress.ts'
import { absolutePath } from '../system-bytes.ts'
import { Questions } from '../terminal/prompt.ts'
import { CANCEL_LIMIT_MS, followToEnd, whatIsCarried } from './transfers.ts'
import { Admission, isAborted } from './admission.ts'
import { answerRequest, endedSignal } from './pair.ts'

const REFUSED: Decision = { accept: false, problem: { code: 'refused' } }
const UNATTENDED: Decision = { accept: false, problem: { code: 'refused-unattended' } }

/** Decides on offers by `--accept`. */
class Decider {
  readonly #context: Context
  readonly #accept: ReceiveArgs['accept']
  readonly #progress: Progress
  readonly #questions = new Questions()
  /** Number of the last offer shown. */
  #shown = 0

  constructor(context: Context, accept: ReceiveArgs['accept'], progress: Progress) {
    this.#context = context
    this.#accept = accept
    this.#progress = progress
  }

  async decide(offer: IncomingOffer, signal: AbortSignal, always: AlwaysAccept | null): Promise<Decision> {
    const { output, interactive } = this.#context
    output.event({
      event: 'offer',
      transferId: offer.transferId,
      peer: offer.peer,
      title: offer.title,
      totals: offer.totals,
      cipher: offer.cipher,
      dir: offer.folder,
    })
    const { namesake, proved, alwaysAccept } = offer.peer
    // Even with `all`, what uses the name or address of a trusted device is not accepted without a question.
    if (this.#accept === 'all' && namesake === null) return { accept: true }
    if (proved && alwaysAccept) return { accept: true }
    if (this.#accept === 'always') return this.#refuse(offer, output.words.receive.refusedNotAlways)
    if (!interactive) {
      const { refusedNamesake, refusedUnattended } = output.words.receive
      return this.#refuse(offer, namesake === null ? refusedUnattended : refusedNamesake)
    }
    const decision = await this.#questions.next(signal, (number) =>
      this.#progress.hold(() => this.#ask(offer, number, signal, always)),
    )
    return decision ?? REFUSED
  }

  /** Shows the request of a device to pair, in its turn. */
  async pair(pairing: Pairing): Promise<void> {
    const ended = endedSignal(pairing, this.#context)
    await this.#questions.next(ended, () => this.#progress.hold(() => answerRequest(pairing, this.#context)))
  }

  #refuse(offer: IncomingOffer, template: string): Decision {
    const { output } = this.#context
    const { alias, host, namesake } = offer.peer
    const name = namesake === null ? {} : { name: namesake }
    output.note(output.text(template, { title: offer.title, peer: alias, host, ...name }))
    return UNATTENDED
  }

  async #ask(
    offer: IncomingOffer,
    number: number,
    signal: AbortSignal,
    always: AlwaysAccept | null,
  ): Promise<Decision> {
    const { output, interrupt, prompt } = this.#context
    const words = output.words.receive
    if (signal.aborted) return REFUSED
    const question = output.text(always === null ? words.offerQuestion : words.offerQuestionAlways, {
      number,
    })
    const answer = await prompt.line(question, AbortSignal.any([signal, interrupt.signal]), () => {
      this.#introduce(offer, number)
    })
    if (isAborted(signal)) {
      if (this.#shown === number) output.note(`\n${output.text(words.offerGone, { number })}`)
      return REFUSED
    }
    if (answer === null) return REFUSED
    if (always !== null && isAlways(answer)) return this.#acceptAlways(always)
    return isYes(answer) ? { accept: true } : REFUSED
  }

  #introduce(offer: IncomingOffer, number: number): void {
    const { output } = this.#context
    const words = output.words.receive
    this.#shown = number
    const { alias, host, proved, trusted, recent, namesake, fingerprint } = offer.peer
    output.note('')
    output.note(output.text(words.offerFrom, { number, peer: alias, host }))
    output.note(
      output.text(
        words.offerFingerprint,
        proved
          ? {
              fingerprint: formatFingerprint(fingerprint),
              recent: trusted ? words.offerTrusted : recent ? words.offerRecent : words.offerUnknown,
            }
          : { fingerprint: words.offerUnproved },
      ),
    )
    if (namesake !== null) output.note(output.text(words.offerNamesake, { name: namesake }))
    output.note(output.text(words.offerWhat, { what: whatIsCarried(output, offer) }))
    output.note(output.text(words.offerWhere, { folder: offer.folder }))
    const { needed, free } = offer.room
    const room = free !== null && needed > free ? words.offerNoRoom : words.offerRoom
    if (free !== null) output.note(output.text(room, { needed, free }))
    output.note(output.text(words.offerCipher, { cipher: output.words.ciphers[offer.cipher] }))
  }

  /** Accepts this offer even if "always" cannot be stored. */
  async #acceptAlways(always: AlwaysAccept): Promise<Decision> {
    const { output } = this.#context
    const words = output.words.receive
    try {
      await always()
      output.note(words.offerAlways)
    } catch (error) {
      output.note(output.text(words.offerAlwaysFailed, { why: output.explain(toProblem(error)) }))
    }
    return { accept: true }
  }
}

function announce(context: Context, penstock: Product, receiving: Receiving): void {
  const { output } = context
  const { alias, fingerprint } = penstock
  const { port, dataPort, dir } = receiving
  output.event({ event: 'listening', port, dataPort, alias, fingerprint, dir })
  const words = output.words.receive
  output.print(output.text(words.listening, { alias, port, dataPort: dataPort ?? undefined, dir }))
  output.print(output.text(words.fingerprint, { fingerprint: formatFingerprint(fingerprint) }))
  output.print(words.stop)
}

/** Prints a message, with the characters that a terminal would obey made visible. */
function printText({ text, ...peer }: ReceivedText, { output }: Context): void {
  output.event({ event: 'text', peer, text })
  output.print(output.text(output.words.receive.text, { peer: peer.alias, host: peer.host }))
  for (const line of text.split(/\r?\n/)) output.print(`  ${visible(line)}`)
}

/** Opens the page from which browsers send files. */
async function openLink(args: ReceiveArgs, context: Context, receiving: Receiving): Promise<void> {
  const { output } = context
  const [{ printLink }, { pages }] = await Promise.all([import('./share.ts'), import('../../pages/index.ts')])
  const host = args.loopback ? 'loopback' : 'any'
  const link = await receiving.openLink({ host, port: 'default', secure: !args.clear, pages })
  const { links, port, fingerprint } = link
  output.event({ event: 'link', links, port, fingerprint })
  output.print(output.words.link.receiving)
  printLink(context, link)
}

/** `penstock receive`: listens until it is interrupted, or with `--once` until the first accepted transfer has ended. */
export async function receive(args: ReceiveArgs, context: Context): Promise<ExitCode> {
  const { output, interrupt } = context
  const progress = new Progress(output, context.terminal)
  const dir = absolutePath(args.dir)
  const admission = new Admission(args.once)
  const decider = new Decider(context, args.accept, progress)
  const pin = await pinFrom(args.pin, output.words.receive.pinQuestion, context)
  return withPenstock(context, async (penstock) => {
    const running = new Set<Promise<unknown>>()
    let endOfOne: (exit: ExitCode) => void = () => undefined
    const finished = new Promise<ExitCode>((resolve) => {
      endOfOne = resolve
    })
    const receiving = await penstock.receive({
      dir,
      host: args.loopback ? 'loopback' : 'any',
      only: args.only,
      port: args.port,
      dataPort: args.dataPort,
      pin,
      clear: args.clear,
      technique: args.technique,
      ...(args.dontcache === undefined ? {} : { dontcache: args.dontcache }),
      bufferBytes: args.bufferBytes,
      durability: args.durability,
      check: args.check,
      onConflict: args.onConflict,
      visible: !args.hidden && !args.loopback,
      ...(args.accept === 'always' ? {} : { onText: (message: ReceivedText) => printText(message, context) }),
      decide: (offer, signal, always) =>
        admission.decide(offer, signal, (open) => decider.decide(offer, open, always)),
    })
    // Without a terminal no user could compare the digits, and requests are refused.
    if (context.interactive) penstock.pairing.onRequest((pairing) => void decider.pair(pairing))
    try {
      receiving.onTransfer((transfer: Transfer) => {
        const followed = followToEnd(transfer, context, progress).then(({ exit }) => {
          running.delete(followed)
          if (transfer.id === admission.accepted) endOfOne(exit)
        })
        running.add(followed)
      })
      announce(context, penstock, receiving)
      if (args.link) await openLink(args, context, receiving)
      const interrupted = new Promise<ExitCode>((resolve) => {
        interrupt.signal.addEventListener('abort', () => {
          resolve(EXIT.interrupted)
        })
        if (interrupt.signal.aborted) resolve(EXIT.interrupted)
      })
      // The output has no reader or no room: running transfers finish, and no new ones are accepted.
      const unread = new Promise<ExitCode>((resolve) => {
        output.onBroken(() => {
          admission.close()
          void Promise.all(running).then(() => {
            resolve(EXIT.done)
          })
        })
      })
      const exit = await Promise.race([finished, interrupted, unread])
      if (exit === EXIT.interrupted) await atMost(CANCEL_LIMIT_MS + 100, Promise.all(running))
      return exit
    } finally {
      await atMost(CANCEL_LIMIT_MS, receiving.close())
    }
  })
}
