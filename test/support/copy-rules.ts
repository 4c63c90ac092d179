import type { CopyRule, CopyWay, ReceiveWay, SendWay } from '../../main/contract/report.ts'

type SendRule = Extract<CopyRule, { kind: 'send' }>
type ReceiveRule = Extract<CopyRule, { kind: 'receive' }>
type LocalRule = Extract<CopyRule, { kind: 'copy' }>

/** A sender's rule: from a disk, nothing cached, through a network card. */
export function sendRule(way: SendWay, other: Partial<SendRule> = {}): SendRule {
  return { kind: 'send', way, beside: [], source: 'disk', cachedShare: 0, card: true, ...other }
}

/** A receiver's rule: through a network card to a disk. */
export function receiveRule(way: ReceiveWay, other: Partial<ReceiveRule> = {}): ReceiveRule {
  return { kind: 'receive', way, beside: [], target: 'disk', card: true, ...other }
}

/** The rule of a copy on this machine: from disk to disk. */
export function localRule(way: CopyWay, other: Partial<LocalRule> = {}): LocalRule {
  return { kind: 'copy', ways: [way], source: 'disk', target: 'disk', ...other }
}
