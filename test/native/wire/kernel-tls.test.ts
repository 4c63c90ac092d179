// Invariant: streams that ask for the kernel's records carry every file: in records of the kernel if it takes the keys,
// else in records of this process, and then `fellBackFrom` names the technique, the error and the call. (What kernel TLS
// itself does is tested in a guest: test/guest.)
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { assertEqual } from '../carried.ts'
import { scratchFolders, transfer, writeFiles } from '../harness.ts'

const folder = scratchFolders()
const files = writeFiles(folder(), [100_000, 0, 300_000, 5, 17])
const SEALING = { transport: 'kernel-tls', recordLimit: 2 ** 23 } as const

/** Whether the kernel has its tls module, which a connection may have loaded. */
function hasModule(): boolean {
  return /\btls\b/u.test(readFileSync('/proc/sys/net/ipv4/tcp_available_ulp', 'utf8'))
}

describe('asking for kernel TLS', { skip: process.platform !== 'linux' }, () => {
  for (const check of [true, false]) {
    test(`over TCP, check ${check ? 'on' : 'off'}`, async () => {
      const staging = folder()
      const options = { send: 'ktls', receive: 'ktls', check, sealing: SEALING, streams: 2 } as const
      const { sender, receiver, sent, taken } = await transfer(files, staging, options)
      const done = { kind: 'done', failures: [] }
      assert.deepEqual([sender, receiver], [done, done])
      await assertEqual(files, staging)
      const fellBack = { technique: 'ktls', code: 'ENOENT', syscall: 'setsockopt' }
      const [transport, refused] = hasModule() ? ['kernel-tls', []] : ['sealed', [fellBack]]
      for (const sample of [sent, taken]) {
        assert.equal(sample.transport, transport)
        assert.deepEqual(sample.fellBackFrom, refused)
      }
      const techniques = transport === 'sealed' ? ['seal', 'unseal'] : ['ktls', 'ktls']
      assert.deepEqual([sent.technique, taken.technique], techniques)
    })
  }
})
