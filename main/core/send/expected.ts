import { type Conveyance, PLAIN_BODY, PLAIN_STREAMS, TLS_BODY } from '../../contract/report.ts'
import type { SendOptions } from '../api.ts'
import { sendingConveyance } from '../transfer/sealing.ts'

/** How the bytes will travel, as far as is known before the receiver answers. */
export function expectedConveyance({ to, security, technique }: SendOptions): Conveyance {
  if (to.protocol === 'http') return PLAIN_BODY
  if (to.kind !== 'penstock') return TLS_BODY
  return security === 'clear' ? PLAIN_STREAMS : sendingConveyance('sealed', technique)
}
