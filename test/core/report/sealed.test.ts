// Invariant: the report of an encrypted transfer on the engine's streams lacks no figure that an unencrypted one has: everything is
// measured, every byte counts as verified by the cipher, and the transport is the one that the connection reports.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EngineSample } from '../../../native/index.ts'
import {
  type Conveyance,
  KERNEL_TLS_STREAMS,
  PLAIN_STREAMS,
  SEALED_STREAMS,
  TLS_BODY,
  type TransferReport,
} from '../../../main/contract/report.ts'
import { NOTHING_REPORTED } from '../../../main/core/protocol/penstock/technique.ts'
import { NO_SECONDS } from '../../support/report.ts'
import { makeReport } from '../../../main/core/report/report.ts'
import { engineProgress } from '../../../main/core/transfer/sealing.ts'

const NOTHING: EngineSample['bytesBy'] = {
  ...{ readwrite: 0, mmap: 0, gather: 0, sendfile: 0, transmitfile: 0, splice: 0, direct: 0, zerocopy: 0 },
  ...{ seal: 0, unseal: 0, ktls: 0 },
}

function sampleOf(technique: EngineSample['technique'], transport: EngineSample['transport']): EngineSample {
  return {
    ...{
      bytes: 100,
      holeBytes: 0,
      verifiedBytes: 100,
      filesDone: 1,
      userCopyBytes: 0,
      uncached: null,
      directBytes: 0,
    },
    ...{ checkBytes: 0, kernelCopiedBytes: 0, technique, transport, fellBackFrom: [] },
    syscalls: { pread64: 1 },
    bytesBy: { ...NOTHING, [technique]: 100 },
    contextSwitches: { voluntary: 1, involuntary: 0 },
    cpuSeconds: { user: 0.1, system: 0.1 },
    pageFaults: { minor: 1, major: 0 },
    mapped: { windows: 0, options: [] },
    streamSeconds: NO_SECONDS,
  }
}

function reportOf(
  conveyance: Conveyance,
  sample: EngineSample,
  role: TransferReport['role'],
): TransferReport {
  return makeReport({
    ...{ transferId: 't', role, conveyance, sample, entries: 1, files: 1, bytes: 100, seconds: 1 },
    peer: { alias: 'Desk', fingerprint: 'f', kind: 'penstock' },
    ...{ check: false, notDelivered: [], notes: [], durability: 'commit', streams: 1 },
    ...{ technique: sample.technique, reason: { code: 'chosen-by-user' } },
    route: { scatterGather: true, virtual: false, sameMachine: false, fileSystem: 'ext4', cachedShare: 0 },
    cpuAtStart: process.cpuUsage(),
    cachedPagesLeft: null,
    reported: NOTHING_REPORTED,
  })
}

const CASES = [
  ['sender', 'seal', SEALED_STREAMS, 'read-then-seal', 2],
  ['receiver', 'unseal', SEALED_STREAMS, 'unseal-then-write', 2],
  ['sender', 'ktls', KERNEL_TLS_STREAMS, 'kernel-seals-pages', 0],
  ['receiver', 'ktls', KERNEL_TLS_STREAMS, 'kernel-unseals-in-place', 1],
] as const

for (const [role, technique, conveyance, way, cpu] of CASES) {
  test(`the ${role}’s report by ${technique}`, () => {
    const sample = sampleOf(technique, conveyance.transport)
    const report = reportOf(conveyance, sample, role)
    assert.deepEqual(report.check, { mode: 'cipher', bytes: 0 })
    assert.equal(report.verified, true)
    assert.equal(report.technique, technique)
    const { cipher, carrier, transport } = report
    assert.deepEqual({ cipher, carrier, transport }, conveyance)
    assert.ok(report.copies && report.copies.rule.kind !== 'copy')
    assert.deepEqual([report.copies.rule.way, report.copies.cpu, report.copies.cipherPasses], [way, cpu, 1])
    const plain = reportOf(PLAIN_STREAMS, sampleOf('readwrite', 'plain'), role)
    const measured = new Map<string, unknown>(Object.entries(plain))
    for (const [field, value] of Object.entries(report)) {
      if (value === null) assert.equal(measured.get(field), null, field)
    }
  })
}

test('a stream that the engine seals in place of the kernel is reported as sealed', () => {
  const conveyance = (planned: Conveyance, sample: EngineSample) => engineProgress(planned, sample).conveyance
  assert.deepEqual(conveyance(KERNEL_TLS_STREAMS, sampleOf('seal', 'sealed')), SEALED_STREAMS)
  assert.deepEqual(conveyance(KERNEL_TLS_STREAMS, sampleOf('ktls', null)), KERNEL_TLS_STREAMS)
  // The local pair behind a request body is no stream of the network.
  assert.deepEqual(conveyance(TLS_BODY, sampleOf('readwrite', 'plain')), TLS_BODY)
})
