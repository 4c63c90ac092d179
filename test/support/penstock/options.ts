import type { Device } from '../../../main/contract/device.ts'
import type { ReceiveOptions, SendOptions } from '../../../main/core/api.ts'

/** A receiver into `dir`, on the loopback interface and any free port, that accepts every offer. */
export function receiveOptions(dir: string, change: Partial<ReceiveOptions> = {}): ReceiveOptions {
  return {
    dir,
    host: 'loopback',
    only: null,
    port: 0,
    dataPort: 'next',
    pin: null,
    clear: true,
    technique: 'auto',
    bufferBytes: 1024 * 1024,
    durability: 'os',
    check: true,
    onConflict: 'keep-both',
    visible: false,
    decide: () => Promise.resolve({ accept: true }),
    ...change,
  }
}

/** A transfer of `paths` to this device, without encryption. */
export function sendOptions(
  paths: readonly string[],
  to: Device,
  change: Partial<SendOptions> = {},
): SendOptions {
  return {
    paths,
    to,
    technique: 'auto',
    streams: 'auto',
    bufferBytes: 1024 * 1024,
    check: true,
    pin: null,
    security: 'clear',
    ...change,
  }
}
