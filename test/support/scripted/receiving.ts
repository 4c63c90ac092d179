import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { OpenOptions, Penstock, ReceiveOptions, Receiving } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { receiveOptions } from '../penstock/options.ts'

/** Small and quick to end: loopback, free ports, everything accepted, nothing synced. */
export function receiveDefaults(dir: string): ReceiveOptions {
  return receiveOptions(dir, { dataPort: 0, bufferBytes: 65_536 })
}

/** A receiver with its own state and folder that closes when the test ends. */
export async function listening(
  t: TestContext,
  options: Partial<ReceiveOptions> = {},
  open: Partial<OpenOptions> = {},
): Promise<{ readonly penstock: Penstock; readonly receiving: Receiving; readonly dir: string }> {
  const root = await mkdtemp(join(tmpdir(), 'penstock-receiving-'))
  const dir = join(root, 'received')
  await mkdir(dir)
  const penstock = await openPenstock({ stateDir: join(root, 'state'), alias: 'receiver', ...open })
  t.after(async () => {
    await penstock.close()
    await rm(root, { recursive: true, force: true })
  })
  return { penstock, receiving: await penstock.receive({ ...receiveDefaults(dir), ...options }), dir }
}
