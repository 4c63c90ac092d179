import type { StreamSeconds } from '../../main/contract/limit.ts'
import { PLAIN_STREAMS, type TransferReport } from '../../main/contract/report.ts'

/** Of streams that were never measured. */
export const NO_SECONDS: StreamSeconds = { total: 0, file: 0, socket: 0, window: 0, commit: 0, idle: 0 }

/** The fields of the report of an ordinary transfer over clear streams that do not depend on its size. */
export const ORDINARY = {
  resumedBytes: 0,
  ...PLAIN_STREAMS,
  verified: true,
  notDelivered: [],
  notes: [],
  durability: 'commit',
  streams: 1,
  technique: 'sendfile',
  reason: { code: 'whole-files-in-order' },
  fellBackFrom: [],
  mapOptions: null,
  dontcache: null,
  userCopyBytes: 0,
  kernelCopiedBytes: null,
  limitedBy: null,
} satisfies Partial<TransferReport>
