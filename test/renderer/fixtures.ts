import { ORDINARY } from '../support/report.ts'
import { TLS_BODY } from '../../main/contract/report.ts'
import { receiveRule, sendRule } from '../support/copy-rules.ts'
import { BEGUN, PEER } from '../support/view.ts'
import type { Earlier, Self, Snapshot, TechniqueTable, Whole } from '../../main/contract/ipc.ts'
import type { ListedDevice } from '../../main/contract/device.ts'
import type { WindowSettings } from '../../main/contract/settings.ts'
import type { IncomingOffer } from '../../main/contract/transfer.ts'
import { isSealing, RECEIVE_TECHNIQUES, SEND_TECHNIQUES } from '../../main/contract/technique.ts'

type View = Snapshot['view']

// What the window shows in tests: devices, offers, and transfers in every state.

export const NOW = 1_795_000_000_000

export function device(fields: Partial<ListedDevice> = {}): ListedDevice {
  return {
    id: 'aa'.repeat(32),
    fingerprint: 'aa'.repeat(32),
    alias: 'Edit bay',
    deviceModel: 'linux',
    deviceType: 'desktop',
    kind: 'penstock',
    version: '2.1',
    protocol: 'https',
    host: '192.168.1.31',
    port: 53317,
    penstock: { versions: [2], dataPort: 53318, ciphers: ['sealed', 'none'] },
    foundBy: ['multicast'],
    recent: false,
    trusted: false,
    namesake: null,
    lastSeen: NOW,
    demo: false,
    ...fields,
  }
}

export const DEVICES: readonly ListedDevice[] = [
  device({ recent: true }),
  device({
    id: 'bb'.repeat(32),
    fingerprint: 'bb'.repeat(32),
    alias: '会议室 MacBook',
    kind: 'localsend',
    penstock: null,
    host: '192.168.1.44',
  }),
  device({
    id: 'cc'.repeat(32),
    fingerprint: 'cc'.repeat(32),
    alias: 'Pixel 9',
    kind: 'localsend',
    penstock: null,
    host: '192.168.1.57',
    deviceType: 'mobile',
    recent: true,
  }),
]

export const SETTINGS: WindowSettings = {
  alias: null,
  folder: '/home/ana/Downloads/Penstock',
  pin: null,
  hidden: false,
  security: 'encrypted',
  technique: 'auto',
  receiveTechnique: 'auto',
  bufferBytes: 1024 * 1024,
  leaveOutSystemFiles: false,
  theme: 'light',
  language: 'en',
}

export const SELF: Self = {
  alias: 'Studio workstation',
  hostName: 'studio',
  fingerprint: '3fa490c17be2d5086a1cf4479d3082e65b71a0c4d8ee13f5927a6bc0481d5fe2',
  addresses: ['192.168.1.20'],
  port: 53317,
  problem: null,
  locale: 'en-GB',
}

export const TECHNIQUES: TechniqueTable = {
  send: SEND_TECHNIQUES.map((technique) => {
    const missing = ['transmitfile', 'seal', 'ktls'].includes(technique)
    return {
      technique,
      security: isSealing(technique) ? 'encrypted' : 'clear',
      available: !missing,
      chosen: technique === 'sendfile',
      reason: missing
        ? { code: 'not-built-yet' }
        : technique === 'sendfile'
          ? { code: 'whole-files-in-order' }
          : { code: 'copies-more', params: { cpu: 1 } },
    }
  }),
  receive: RECEIVE_TECHNIQUES.map((technique) => ({
    technique,
    security: isSealing(technique) ? 'encrypted' : 'clear',
    available: technique !== 'unseal',
    chosen: technique === 'splice',
    reason: technique === 'unseal' ? { code: 'not-built-yet' } : { code: 'receiving-no-touch' },
  })),
}

type TransferReport = Extract<View['state'], { kind: 'done' }>['report']

export function report(fields: Partial<TransferReport> = {}): TransferReport {
  return {
    transferId: '1'.repeat(32),
    role: 'sender',
    peer: PEER,
    entries: 312,
    files: 312,
    bytes: 84_100_000_000,
    seconds: 77.2,
    bytesPerSecond: 1_089_000_000,
    ...ORDINARY,
    syscalls: { sendfile: 51_283, poll: 12_011, pread64: 10_026, recvfrom: 9_977, fstat: 624 },
    contextSwitches: { voluntary: 1180, involuntary: 24 },
    cpuSeconds: { user: 1.9, system: 9.03 },
    processCpuSeconds: { user: 2.4, system: 9.4 },
    check: { mode: 'crc32c', bytes: 84_100_000_000 },
    pageFaults: { minor: 412, major: 0 },
    copies: { cpu: 0, dma: 2, cipherPasses: 0, rule: sendRule('sendfile-gather') },
    cachedPagesLeft: 512,
    peakRssBytes: 181_000_000,
    ...fields,
  }
}

export function snapshot(view: Partial<View> = {}, rest: Partial<Omit<Snapshot, 'view'>> = {}): Snapshot {
  const transferId = view.transferId ?? '1'.repeat(32)
  const role = view.role ?? 'sender'
  return {
    key: `${role}:${transferId}`,
    view: {
      ...BEGUN,
      transferId,
      role,
      title: 'Rushes 2026-11-20',
      totals: { files: 312, directories: 14, symlinks: 0, bytes: 84_100_000_000 },
      choice: { technique: 'sendfile', reason: { code: 'whole-files-in-order' }, rejected: [] },
      copies: { cpu: 0, dma: 2, cipherPasses: 0, rule: sendRule('sendfile-gather') },
      bytes: 52_400_000_000,
      files: 190,
      startedAt: NOW - 60_000,
      movingSince: NOW - 46_000,
      counters: {
        syscalls: { sendfile: 51_283, poll: 7_011, pread64: 6_250 },
        contextSwitches: { voluntary: 1180, involuntary: 24 },
        cpuSeconds: { user: 1.2, system: 5.6 },
        userCopyBytes: 0,
        kernelCopiedBytes: null,
      },
      ...view,
    },
    otherEnd: {
      technique: 'splice',
      fellBackFrom: null,
      copies: { cpu: 1, dma: 2, cipherPasses: 0, rule: receiveRule('socket-to-page-cache') },
    },
    sampledAt: NOW,
    ...rest,
  }
}

export function doneSnapshot(fields: Partial<TransferReport> = {}, view: Partial<View> = {}): Snapshot {
  const closing = report(fields)
  const state: View['state'] = { kind: 'done', report: closing }
  return snapshot({
    state,
    cipher: closing.cipher,
    carrier: closing.carrier,
    transport: closing.transport,
    copies: closing.copies,
    bytes: closing.bytes,
    totals: { files: closing.files, directories: 0, symlinks: 0, bytes: closing.bytes },
    counters: null,
    ...view,
  })
}

/** Entries of a long offer. */
export function offeredEntries(length: number): IncomingOffer['preview'] {
  return Array.from({ length }, (_, index) => ({ path: `stills/${index}.jpg`, type: 'file', size: index }))
}

export function offer(fields: Partial<IncomingOffer> = {}): IncomingOffer {
  return {
    offerId: 'd'.repeat(32),
    transferId: '9'.repeat(32),
    peer: {
      alias: 'Edit bay',
      fingerprint: 'aa'.repeat(32),
      kind: 'penstock',
      proved: true,
      recent: false,
      trusted: false,
      namesake: null,
      alwaysAccept: false,
      host: '192.168.1.31',
    },
    totals: { files: 5, directories: 2, symlinks: 1, bytes: 4_812_000_000 },
    ...TLS_BODY,
    title: '第三季度报告',
    preview: [
      { path: '第三季度报告', type: 'directory', size: 0 },
      { path: '第三季度报告/合同（最终版）.pdf', type: 'file', size: 2_100_000 },
      {
        path: '第三季度报告/Interview with the director, uncut, second camera, take 14.mov',
        type: 'file',
        size: 4_800_000_000,
      },
      { path: '第三季度报告/latest', type: 'symlink', size: 0 },
      { path: '第三季度报告/notes.txt', type: 'file', size: 9_812 },
    ],
    folder: '/home/ana/Downloads/Penstock',
    room: { needed: 4_812_000_000, free: 52_000_000_000 },
    ...fields,
  }
}

export function earlier(fields: Partial<Earlier> = {}): Earlier {
  const role = fields.role ?? 'receiver'
  return {
    key: `earlier:${role}:${'7'.repeat(32)}`,
    at: '2026-11-19T16:20:00.000Z',
    role,
    peer: PEER,
    title: 'Archive 2025',
    entries: 1204,
    bytes: 212_000_000_000,
    outcome: 'done',
    problem: null,
    kept: role === 'receiver',
    ...fields,
  }
}

export function whole(fields: Partial<Whole> = {}): Whole {
  return {
    self: SELF,
    settings: SETTINGS,
    devices: [...DEVICES],
    transfers: [],
    earlier: [],
    offers: [],
    pairings: [],
    trusted: [],
    techniques: TECHNIQUES,
    comparing: null,
    closing: null,
    trouble: false,
    ...fields,
  }
}

/** The transfers of the middle column: one that runs, one that waits, and several that have ended. */
export function manyStates(): Snapshot[] {
  const at = (minutes: number): number => NOW - 60_000 * minutes
  const id = (digit: string): string => digit.repeat(32)
  return [
    snapshot(),
    snapshot(
      {
        transferId: id('2'),
        title: '会议室录像 2026 年 11 月 完整版（含字幕与花絮）final-v12.tar.gz',
        peer: { alias: '会议室 MacBook', fingerprint: 'bb'.repeat(32), kind: 'localsend' },
        state: { kind: 'offered' },
        startedAt: at(2),
        movingSince: null,
        choice: null,
        copies: null,
        counters: null,
        bytes: 0,
      },
      { otherEnd: null },
    ),
    doneSnapshot(
      {
        bytes: 2_100_000,
        files: 1,
        userCopyBytes: null,
        kernelCopiedBytes: null,
        copies: null,
        ...TLS_BODY,
        technique: 'readwrite',
      },
      { transferId: id('3'), title: 'contract-final.pdf', startedAt: at(9) },
    ),
    doneSnapshot(
      {
        bytes: 212_000_000_000,
        role: 'receiver',
        technique: 'splice',
        reason: { code: 'receiving-no-touch' },
        copies: { cpu: 1, dma: 2, cipherPasses: 0, rule: receiveRule('socket-to-page-cache') },
        syscalls: { splice: 404_301, recvfrom: 25_273, poll: 60_114 },
      },
      {
        transferId: id('4'),
        role: 'receiver',
        title: 'Archive 2025',
        startedAt: at(60),
        folder: '/home/ana/Downloads/Penstock',
        savedAs: ['/home/ana/Downloads/Penstock/Archive 2025'],
      },
    ),
    snapshot({
      transferId: id('5'),
      title: 'node_modules archive',
      state: {
        kind: 'failed',
        problem: { code: 'disk-full', params: { needed: 9_000_000_000, free: 1_200_000_000 } },
      },
      startedAt: at(80),
    }),
    snapshot({
      transferId: id('6'),
      title: 'notes.txt',
      state: { kind: 'refused', by: 'peer', problem: { code: 'refused', params: { peer: 'Edit bay' } } },
      startedAt: at(90),
    }),
  ]
}
