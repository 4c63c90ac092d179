import { assertPaths } from '../../core/index.ts'
import type { Device } from '../../contract/device.ts'
import { formatFingerprint } from '../../messages/index.ts'
import type { SendArgs } from '../args/types.ts'
import { withPenstock, type Context, type Product } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { orInterrupted, pause } from '../interrupt.ts'
import { wrongUse } from '../args/options.ts'
import { isPin, pinFrom } from '../terminal/pin.ts'
import { isYes } from '../terminal/answers.ts'
import { Progress } from '../output/progress.ts'
import { absolutePath } from '../system-bytes.ts'
import { followToEnd } from './transfers.ts'
import { deviceTable } from './peers.ts'

const RESOLVE_MS = 5000
const SEARCH_MS = 3000
/** Digits of a fingerprint that name one device. */
const FINGERPRINT_DIGITS = 8

/** Lets the user pick a device by number; null if the user gives up. */
async function pickDevice(context: Context, penstock: Product): Promise<Device | null> {
  const { output, interrupt, prompt } = context
  const words = output.words.send
  await penstock.peers.start()
  try {
    for (;;) {
      output.note(words.searching)
      if (await pause(SEARCH_MS, interrupt.signal)) return null
      const devices = penstock.peers.list()
      if (devices.length === 0) output.note(words.noneFound)
      for (const line of deviceTable(devices, output, true)) output.note(line)
      const answer = await prompt.line(words.pick, interrupt.signal)
      if (answer === null || answer === '') return null
      const device = /^\d{1,4}$/.test(answer) ? devices[Number(answer) - 1] : undefined
      if (device !== undefined) return device
    }
  } finally {
    await penstock.peers.stop()
  }
}

/** Prompts until the input is a valid PIN; null if the user gives up. */
async function askForPin({ output, prompt, interrupt }: Context): Promise<string | null> {
  for (;;) {
    const pin = await prompt.secret(output.words.send.pinQuestion, interrupt.signal)
    if (pin === null || pin === '') return null
    if (isPin(pin)) return pin
    output.note(output.words.pin.notPossible)
  }
}

/** Whether the user sends to a device that uses the name or address of a trusted one. Its fingerprint is an answer. */
async function confirmsOther(context: Context, to: Device, given: string | null): Promise<boolean> {
  if (given !== null && to.fingerprint.startsWith(given.toLowerCase()) && given.length >= FINGERPRINT_DIGITS)
    return true
  const { output, prompt, interrupt, interactive } = context
  if (to.namesake === null || !interactive || output.json) return false
  const { alias: peer, host, namesake: name } = to
  const fingerprint = formatFingerprint(to.fingerprint)
  const question = output.text(output.words.send.otherDevice, { peer, host, name, fingerprint })
  return isYes((await prompt.line(question, interrupt.signal)) ?? '')
}

/** `penstock send`: sends files and folders to one device and waits for its "done". */
export async function send(args: SendArgs, context: Context): Promise<ExitCode> {
  const { interrupt, interactive, output } = context
  if (args.to === null && !interactive) throw wrongUse('to-missing', { about: 'send' })
  const progress = new Progress(output, context.terminal)
  await assertPaths(args.paths.map(absolutePath))
  const givenPin = await pinFrom(args.pin, output.words.send.pinQuestion, context)
  return withPenstock(context, async (penstock) => {
    const to =
      args.to === null
        ? await pickDevice(context, penstock)
        : await orInterrupted(penstock.peers.resolve(args.to, RESOLVE_MS), interrupt.signal)
    if (to === null) return interrupt.signal.aborted ? EXIT.interrupted : EXIT.failed
    const otherDevice = await confirmsOther(context, to, args.to)
    let pin = givenPin
    for (;;) {
      const transfer = penstock.send({
        paths: args.paths,
        exclude: args.exclude,
        to,
        security: args.security,
        technique: args.technique,
        ...(args.mapOptions === null ? {} : { mapOptions: args.mapOptions }),
        ...(args.dontcache === undefined ? {} : { dontcache: args.dontcache }),
        streams: args.streams,
        bufferBytes: args.bufferBytes,
        check: args.check,
        pin,
        ...(otherDevice ? { otherDevice } : {}),
      })
      const { end, exit } = await followToEnd(transfer, context, progress)
      const needsPin = end?.kind === 'refused' && ['pin-needed', 'pin-wrong'].includes(end.problem.code)
      // A program that reads JSON expects one end; only a person gets another prompt.
      if (!needsPin || !interactive || output.json) return exit
      pin = await askForPin(context)
      if (pin === null) return exit
    }
  })
}
