import { PLAIN_STREAMS } from '../../main/contract/report.ts'
import type { TransferView } from '../../main/contract/transfer.ts'

export const PEER = { alias: 'Edit bay', fingerprint: 'aa'.repeat(32), kind: 'penstock' } as const

/** A transfer over clear streams that has just begun. */
export const BEGUN: TransferView = {
  transferId: 'shared',
  role: 'sender',
  peer: PEER,
  title: 'file',
  topEntries: 1,
  totals: { files: 1, directories: 0, symlinks: 0, bytes: 100 },
  state: { kind: 'running' },
  ...PLAIN_STREAMS,
  network: 'card',
  choice: null,
  peerTechnique: null,
  peerFellBackFrom: null,
  limitedBy: null,
  copies: null,
  peerCopies: null,
  bytes: 0,
  files: 0,
  startedAt: 0,
  movingSince: null,
  folder: null,
  savedAs: [],
  counters: null,
}
