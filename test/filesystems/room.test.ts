// Invariant: the room that an offer needs is what its files occupy, not their sizes; it is known before the user is asked, and a file
// that does not fit is reported as such by both sides, with the same figures.
import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { IncomingOffer } from '../../main/contract/transfer.ts'
import { temporaryFolder } from '../support/files/temporary.ts'
import { describeMounted, mountLoop, mountMemory } from '../support/files/loop.ts'
import { openPair } from '../support/penstock/pair.ts'

const MIB = 1024 * 1024
const SIZE = 32 * MIB
const KINDS = [
  ['ext4', () => mountLoop('ext4', SIZE)],
  ['tmpfs', () => mountMemory(SIZE)],
] as const

const root = temporaryFolder('room')
const pair = await openPair()
after(() => pair.close())

/** A file of 2 GiB that occupies about 1 MiB. */
function sparse(): string {
  const path = join(root, 'sparse')
  const file = openSync(path, 'w')
  writeSync(file, Buffer.alloc(MIB, 7), 0, MIB, 1024 * MIB)
  ftruncateSync(file, 2048 * MIB)
  closeSync(file)
  return path
}

function dense(): string {
  const path = join(root, 'dense')
  writeFileSync(path, Buffer.alloc(2 * SIZE, 7))
  return path
}

async function deliver(path: string, dir: string) {
  const offers: IncomingOffer[] = []
  const ends = await pair.deliver([path], dir, {
    receive: {
      durability: 'os',
      decide: (offer) => {
        offers.push(offer)
        return Promise.resolve({ accept: true })
      },
    },
  })
  const [offer] = offers
  assert.ok(offer)
  return { ...ends, room: offer.room }
}

for (const [kind, mount] of KINDS) {
  describeMounted(kind, mount, ({ path: dir }) => {
    test('a sparse file larger than the disk is delivered', async () => {
      const path = sparse()
      const { sender, receiver, room } = await deliver(path, dir)
      assert.equal(sender.kind, 'done', JSON.stringify(sender))
      assert.equal(receiver.kind, 'done')
      assert.ok(room.needed >= MIB && room.needed < 2 * MIB, String(room.needed))
      const { size, blocks } = statSync(join(dir, 'sparse'))
      assert.equal(size, 2048 * MIB)
      // Holes travel as ranges of 8 MiB.
      assert.ok(blocks * 512 < 9 * MIB, String(blocks))
    })

    test('a file that does not fit is known not to before the user is asked', async () => {
      const { sender, receiver, room } = await deliver(dense(), dir)
      const { free } = room
      assert.ok(free !== null && free > 0 && free <= SIZE)
      assert.equal(room.needed, 2 * SIZE)
      for (const end of [sender, receiver]) {
        assert.equal(end.kind, 'failed')
        assert.equal(end.problem.code, 'disk-full')
      }
      assert.ok(receiver.kind === 'failed')
      const { needed, free: later } = receiver.problem.params ?? {}
      assert.equal(needed, room.needed)
      // The staging folder takes a block.
      assert.ok(Math.abs(Number(later) - free) < MIB, String(later))
    })
  })
}
