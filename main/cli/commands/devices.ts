import { trustedName, type TrustedDevice } from '../../contract/trust.ts'
import { withPenstock, type Context, type Product } from '../context.ts'
import type { DevicesArgs } from '../args/devices.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { table, type Output } from '../output/output.ts'

type Action<K extends DevicesArgs['action']> = Extract<DevicesArgs, { readonly action: K }>

/** `penstock devices`: lists the trusted devices, and changes the list. */
export async function devices(args: DevicesArgs, context: Context): Promise<ExitCode> {
  const { output } = context
  return withPenstock(context, async ({ trusted }) => {
    switch (args.action) {
      case 'list':
        list(trusted.list(), output)
        break
      case 'rename': {
        const { fingerprint } = trusted.find(args.device)
        await trusted.change(fingerprint, { name: args.name })
        report(trusted.find(fingerprint), output)
        output.print(output.text(output.words.devices.renamed, { name: args.name }))
        break
      }
      case 'trust':
        await trust(args, trusted, output)
        break
      case 'forget': {
        const device = trusted.find(args.device)
        await trusted.forget(device.fingerprint)
        output.event({ event: 'forgotten', ...device })
        output.print(output.text(output.words.devices.forgotten, { name: trustedName(device) }))
      }
    }
    return EXIT.done
  })
}

/** A whole fingerprint names a device that is not trusted yet; everything else one that is. */
async function trust(
  { device, name, alwaysAccept, mayClear }: Action<'trust'>,
  trusted: Product['trusted'],
  output: Output,
): Promise<void> {
  const digits = device.replaceAll(/[\s:]/gu, '').toLowerCase()
  const fingerprint = /^[0-9a-f]{64}$/u.test(digits) ? digits : trusted.find(device).fingerprint
  await trusted.trust(fingerprint, name)
  await trusted.change(fingerprint, {
    ...(name === null ? {} : { name }),
    ...(alwaysAccept === null ? {} : { alwaysAccept }),
    ...(mayClear === null ? {} : { mayClear }),
  })
  const changed = trusted.find(fingerprint)
  report(changed, output)
  const { words } = output
  const shown = trustedName(changed)
  const switches = {
    alwaysAccept: changed.alwaysAccept ? words.yes : words.no,
    mayClear: changed.mayClear ? words.yes : words.no,
  }
  output.print(output.text(words.devices.trusted, { name: shown, ...switches }))
  if (changed.mayClear) output.note(output.text(words.devices.clearWarning, { name: shown }))
}

function list(all: readonly TrustedDevice[], output: Output): void {
  const { headers, yes, no, none } = output.words
  for (const device of all) report(device, output)
  if (all.length === 0) output.print(output.words.devices.empty)
  else {
    const rows = all.map((device) => [
      trustedName(device),
      device.fingerprint.slice(0, 16),
      device.alwaysAccept ? yes : no,
      device.mayClear ? yes : no,
      device.addresses[0]?.host ?? none,
      device.since.slice(0, 10),
    ])
    const { alias, fingerprint, alwaysAccept, mayClear, address, since } = headers
    for (const line of table([alias, fingerprint, alwaysAccept, mayClear, address, since], rows))
      output.print(line)
  }
}

function report(device: TrustedDevice, output: Output): void {
  output.event({ event: 'device', ...device, name: trustedName(device) })
}
