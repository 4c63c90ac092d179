import type { PairingState, PairingView } from '../../contract/pairing.ts'
import type { Pairing } from '../../core/index.ts'
import { formatFingerprint } from '../../messages/index.ts'
import { withPenstock, type Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { orInterrupted } from '../interrupt.ts'
import { wrongUse } from '../args/options.ts'
import { isYes } from '../terminal/answers.ts'

const RESOLVE_MS = 5000

/** `penstock pair`: pairs with a device, by digits that both users compare. */
export async function pair(args: { readonly device: string }, context: Context): Promise<ExitCode> {
  const { output, interrupt, interactive } = context
  if (!interactive) throw wrongUse('pair-needs-terminal', { about: 'pair' })
  return withPenstock(context, async (penstock) => {
    const device = await orInterrupted(penstock.peers.resolve(args.device, RESOLVE_MS), interrupt.signal)
    const pairing = penstock.pairing.start(device)
    const stop = (): void => {
      pairing.decline()
    }
    interrupt.signal.addEventListener('abort', stop, { once: true })
    warnOfNamesake(pairing.view(), context)
    output.note(output.text(output.words.pair.waiting, { peer: device.alias, host: device.host }))
    const end = await compareDigits(pairing, context)
    if (end.kind === 'paired') return EXIT.done
    if (interrupt.signal.aborted) return EXIT.interrupted
    return end.problem.code === 'pairing-declined' && end.problem.params?.['peer'] !== undefined
      ? EXIT.refused
      : EXIT.failed
  })
}

/** Shows the request of another device at a terminal, and compares the digits if the user opens it. */
export async function answerRequest(pairing: Pairing, context: Context): Promise<void> {
  const { output, prompt } = context
  const { words } = output
  const { peer } = pairing.view()
  const gone = endedSignal(pairing, context)
  const answer = await prompt.line(output.text(words.pair.open, { peer: peer.alias }), gone, () => {
    output.note('')
    output.note(output.text(words.pair.request, { peer: peer.alias, host: peer.host }))
    warnOfNamesake(pairing.view(), context)
  })
  if (answer !== null && isYes(answer)) pairing.open()
  else pairing.decline()
  await compareDigits(pairing, context)
}

function warnOfNamesake({ peer }: PairingView, { output }: Context): void {
  const { namesake, fingerprint } = peer
  if (namesake === null) return
  output.note(output.text(output.words.receive.offerNamesake, { name: namesake }))
  output.note(
    output.text(output.words.receive.offerFingerprint, { fingerprint: formatFingerprint(fingerprint) }),
  )
}

/** Asks for the digits once they are there, and reports the end. */
async function compareDigits(pairing: Pairing, context: Context): Promise<Ended> {
  const { output, prompt } = context
  const words = output.words.pair
  const digits = await digitsOf(pairing)
  const { peer } = pairing.view()
  if (digits !== null) {
    output.event({ event: 'pairing', peer, digits })
    const shown = `${digits.slice(0, 3)} ${digits.slice(3)}`
    const answer = await prompt.line(words.compare, endedSignal(pairing, context), () => {
      output.note(output.text(words.digits, { digits: shown, peer: peer.alias }))
    })
    if (answer !== null && isYes(answer)) {
      pairing.confirm()
      if (pairing.view().state.kind === 'comparing')
        output.note(output.text(words.theirs, { peer: peer.alias }))
    } else pairing.decline()
  }
  const end = await pairing.ended
  if (end.kind === 'paired') {
    output.event({ event: 'paired', peer })
    output.print(output.text(words.paired, { peer: peer.alias }))
  } else {
    output.failure(null, end.problem)
    output.problem(end.problem)
  }
  return end
}

type Ended = Extract<PairingState, { readonly kind: 'paired' | 'ended' }>

/** The digits; null if the pairing ends before. */
function digitsOf(pairing: Pairing): Promise<string | null> {
  return new Promise((resolve) => {
    const look = (): void => {
      const { state } = pairing.view()
      if (state.kind === 'requested' || state.kind === 'waiting') return
      stop()
      resolve(state.kind === 'comparing' ? state.digits : null)
    }
    const stop = pairing.onChange(look)
    look()
  })
}

/** Aborts when the pairing ends or the user interrupts the command. */
export function endedSignal(pairing: Pairing, { interrupt }: Context): AbortSignal {
  const ended = new AbortController()
  void pairing.ended.then(() => ended.abort())
  return AbortSignal.any([ended.signal, interrupt.signal])
}
