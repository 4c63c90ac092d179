// Invariant: if any call fails while a LocalSend device uploads a file, the file is answered with a failure and listed, nothing
// remains under its name, and the files before and after it arrive. A full disk is reported as such.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Penstock, Transfer } from '../../../main/core/api.ts'
import { type FaultFs, mountFaultFs, type Operation } from '../../support/files/faultfs/index.ts'
import { receiveOptions } from '../../support/penstock/options.ts'
import { Phone } from '../../support/localsend/phone.ts'
import { Several } from '../../support/penstock/several.ts'

const CASES: readonly (readonly [Operation, 'ENOSPC' | 'EIO' | 'EDQUOT' | 'EACCES', string, number])[] = [
  ['create', 'ENOSPC', 'disk-full', 507],
  ['create', 'EACCES', 'no-permission', 500],
  ['write', 'ENOSPC', 'disk-full', 507],
  ['write', 'EIO', 'io', 500],
  ['fsync', 'ENOSPC', 'disk-full', 507],
  ['fsync', 'EIO', 'io', 500],
  ['flush', 'ENOSPC', 'disk-full', 507],
  ['flush', 'EDQUOT', 'disk-full', 507],
  ['flush', 'EIO', 'io', 500],
]

const disk = await mountFaultFs()

if (typeof disk === 'string') test('is mounted', (t) => t.skip(`NOT RUN: ${disk}`))
else onDisk(disk)

function onDisk(faults: FaultFs): void {
  const several = new Several()
  let penstock: Penstock

  before(async () => {
    penstock = await several.open('receiver')
  })

  after(async () => {
    await several.close()
    await faults.dispose()
  })

  for (const [operation, errno, code, status] of CASES) {
    test(`${operation} fails with ${errno}: ${code}`, async () => {
      const dir = join(faults.path, `${operation}-${errno}`)
      const transfers: Transfer[] = []
      const receiving = await penstock.receive(receiveOptions(dir, { clear: false, durability: 'commit' }))
      try {
        receiving.onTransfer((transfer) => void transfers.push(transfer))
        const phone = new Phone(receiving.port)
        await phone.offer(['a', 'b', 'c'].map((id) => ({ id, fileName: `d/${id}`, size: 3 })))
        assert.equal((await phone.upload('a', 'aaa')).status, 200)
        // Files lie in staging under their number in the offer.
        await faults.fail(operation, errno, { names: '*/.penstock-*/1' })
        assert.equal((await phone.upload('b', 'bbb')).status, status)
        await faults.clear()
        assert.equal((await phone.upload('c', 'ccc')).status, 200)
        const end = await transfers[0]?.ended
        assert.ok(end?.kind === 'done', JSON.stringify(end))
        assert.deepEqual(
          end.report.notDelivered.map(({ path, by, reason }) => [path, by, reason.code]),
          [['d/b', 'failure', code]],
        )
        assert.equal(end.report.files, 2)
        assert.deepEqual(await readdir(dir), ['d'])
        assert.deepEqual(await readdir(join(dir, 'd')), ['a', 'c'])
        assert.equal(await readFile(join(dir, 'd', 'c'), 'utf8'), 'ccc')
      } finally {
        await faults.clear()
        await receiving.close()
      }
    })
  }
}
