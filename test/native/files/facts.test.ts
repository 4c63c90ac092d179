// Invariant: a fact is the system's answer within its time limit, or absent; never a guess.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { addon, type Addon } from '../../../native/index.ts'
import { KERNELS } from '../../support/kernels.ts'
import { fill, scratch } from '../harness.ts'

const folder = scratch()
after(folder.dispose)

/** An address of this machine that is not the loopback's, or null. */
function ownAddress(): string | null {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? null
}

/** Writes the file back and takes it out of the page cache. */
function evict(path: string): void {
  spawnSync('sync', [path])
  const done = spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none'])
  assert.equal(done.status, 0)
}

async function shareOf(addon: Addon, ...paths: string[]): Promise<number> {
  const { lookedBytes, cachedBytes } = await addon.cachedPart(paths, 1000)
  assert.ok(lookedBytes > 0)
  return cachedBytes / lookedBytes
}

describe('the interface of an address', () => {
  it('is the loopback for its addresses, in both notations', () => {
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1']) {
      const { loopback, interfaceName, scatterGather, mtu } = addon.routeFacts(address)
      assert.deepEqual([loopback, interfaceName, scatterGather], [true, 'lo', true])
      assert.ok(mtu !== null && mtu >= 1500)
    }
  })

  it('is unknown for an address that is not ours', () => {
    const { loopback, ...unknown } = addon.routeFacts('203.0.113.77')
    assert.equal(loopback, false)
    assert.equal(Object.keys(unknown).length, 8)
    assert.deepEqual(
      Object.values(unknown).filter((value) => value !== null),
      [],
    )
  })

  it('has the features that ethtool shows', (t) => {
    if (spawnSync('ethtool', ['--version']).status !== 0) return t.skip('NOT RUN: ethtool is not installed')
    const shown = spawnSync('ethtool', ['-k', 'lo'], { encoding: 'utf8' }).stdout
    const on = (name: string): boolean => new RegExp(`^\\s*${name}: on`, 'm').test(shown)
    const { scatterGather, tso, gso, tlsOffload } = addon.routeFacts('127.0.0.1')
    assert.equal(scatterGather, on('scatter-gather'))
    assert.equal(tso, on('tcp-segmentation-offload'))
    assert.equal(gso, on('generic-segmentation-offload'))
    assert.equal(tlsOffload, on('tls-hw-tx-offload'))
  })
})

describe('the route to a peer', () => {
  it('identifies this machine by any of its addresses', () => {
    assert.deepEqual(addon.routeTo('127.0.0.1'), { localAddress: '127.0.0.1', sameMachine: true })
    assert.equal(addon.routeTo('127.8.9.10').sameMachine, true)
    assert.equal(addon.routeTo('::ffff:127.0.0.1').sameMachine, true)
    const own = ownAddress()
    if (own !== null) assert.deepEqual(addon.routeTo(own), { localAddress: own, sameMachine: true })
  })

  it('is nowhere for what is no address', () => {
    assert.deepEqual(addon.routeTo('not an address'), { localAddress: null, sameMachine: false })
    assert.equal(addon.routeTo('203.0.113.77').sameMachine, false)
  })
})

describe('the cached part of files', () => {
  for (const { old, addon } of KERNELS) {
    const call = old ? 'mincore' : 'cachestat'
    it(`is all after reading and none after leaving the cache, by ${call}`, async (t) => {
      const path = join(folder.path, call)
      fill(path, 24 * 1024 * 1024 + 5)
      if (addon.fileSystem(path).type === 'tmpfs') return t.skip('NOT RUN: on tmpfs nothing leaves the cache')
      readFileSync(path)
      assert.equal(await shareOf(addon, path), 1)
      evict(path)
      assert.equal(await shareOf(addon, path), 0)
    })
  }

  for (const { old, addon } of KERNELS) {
    const call = old ? 'mincore' : 'cachestat'
    it(`is counted page by page, by ${call}`, async (t) => {
      const [one, other] = [join(folder.path, `one-${call}`), join(folder.path, `other-${call}`)]
      // More than one window of the count, and a page that is not full.
      fill(one, 65 * 1024 * 1024 + 5)
      fill(other, 4096)
      if (addon.fileSystem(one).type === 'tmpfs') return t.skip('NOT RUN: on tmpfs nothing leaves the cache')
      const page = Number(spawnSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }).stdout)
      const pagesOf = (path: string): number => Math.ceil(statSync(path).size / page)
      readFileSync(one)
      assert.equal(await addon.cachedPages([one, other], 1000), pagesOf(one) + pagesOf(other))
      evict(one)
      assert.equal(await addon.cachedPages([one, other], 1000), pagesOf(other))
      assert.equal(await addon.cachedPages([], 1000), 0)
      // Counted, or absent.
      assert.equal(await addon.cachedPages([one, join(folder.path, 'nowhere')], 1000), null)
      assert.equal(await addon.cachedPages([other, folder.path], 1000), null)
      assert.equal(await addon.cachedPages([one], 0), null)
    })
  }

  it('passes over what cannot be looked at', async () => {
    const nothing = { lookedBytes: 0, cachedBytes: 0 }
    assert.deepEqual(await addon.cachedPart(['/nowhere', folder.path, '/dev/null'], 100), nothing)
    const empty = join(folder.path, 'empty')
    writeFileSync(empty, '')
    assert.deepEqual(await addon.cachedPart([empty], 100), nothing)
  })

  it('keeps its time limit however many files there are', async () => {
    const path = join(folder.path, 'one')
    writeFileSync(path, 'x')
    const begun = performance.now()
    const { lookedBytes } = await addon.cachedPart(
      Array.from({ length: 200_000 }, () => path),
      20,
    )
    assert.ok(lookedBytes < 200_000)
    // Most of this is the conversion of the list into the addon.
    assert.ok(performance.now() - begun < 1500)
  })
})
