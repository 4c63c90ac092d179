import { renderUnicodeCompact } from 'uqr'
import type { Link, Share, Shared } from '../../core/index.ts'
import { formatFingerprint } from '../../messages/index.ts'
import { pages } from '../../pages/index.ts'
import type { ShareArgs } from '../args/types.ts'
import { withPenstock, type Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { missedLines } from '../output/partial.ts'
import { pinFrom } from '../terminal/pin.ts'
import { absolutePath } from '../system-bytes.ts'

/** Prints a link: a QR code for a phone on a terminal, all addresses, and how the browser can check the certificate. */
export function printLink({ output, terminal }: Context, link: Link): void {
  const words = output.words.link
  const [first = '', ...others] = link.links
  if (terminal && !output.json) output.print(renderUnicodeCompact(first, { border: 2 }))
  output.print(output.text(words.open, { link: first }))
  for (const other of others) output.print(output.text(words.or, { link: other }))
  if (link.fingerprint === null) output.print(words.clear)
  else output.print(output.text(words.secure, { fingerprint: formatFingerprint(link.fingerprint) }))
}

function announce(context: Context, share: Share): void {
  const { output } = context
  const { links, port, fingerprint, totals, notDelivered } = share
  output.event({
    event: 'sharing',
    links,
    port,
    fingerprint,
    files: totals.files,
    bytes: totals.bytes,
    notDelivered,
  })
  output.print(output.text(output.words.link.sharing, { files: totals.files, bytes: totals.bytes }))
  for (const line of missedLines(notDelivered, undefined, output)) output.print(line)
  printLink(context, share)
  output.print(output.words.receive.stop)
}

/** `penstock share`: serves files to browsers until it is interrupted, or its time is over. */
export async function share(args: ShareArgs, context: Context): Promise<ExitCode> {
  const { output, interrupt } = context
  const pin = await pinFrom(args.pin, output.words.link.pinQuestion, context)
  return withPenstock(context, async (penstock) => {
    const running = await penstock.share({
      paths: args.paths.map(absolutePath),
      exclude: args.exclude,
      host: args.loopback ? 'loopback' : 'any',
      port: args.port,
      secure: args.secure,
      pin,
      seconds: args.seconds,
      pages,
      signal: interrupt.signal,
    })
    running.onShared((one: Shared) => {
      output.event({ event: 'shared', ...one })
      const { address, path, bytes } = one
      output.print(
        output.text(output.words.link.shared, { address, bytes, path: path ?? output.words.link.all }),
      )
    })
    announce(context, running)
    const interrupted = new Promise<ExitCode>((resolve) => {
      interrupt.signal.addEventListener('abort', () => resolve(EXIT.interrupted))
      if (interrupt.signal.aborted) resolve(EXIT.interrupted)
    })
    const unread = new Promise<ExitCode>((resolve) => output.onBroken(() => resolve(EXIT.done)))
    const expired = new Promise<ExitCode>((resolve) => {
      void running.ended.then((end) => {
        if (end !== 'expired') return
        output.event({ event: 'expired' })
        output.print(output.words.link.expired)
        resolve(EXIT.done)
      })
    })
    const exit = await Promise.race([interrupted, unread, expired])
    await running.close()
    return exit
  })
}
