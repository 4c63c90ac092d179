import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext } from 'node:test'
import type { Device } from '../../../main/contract/device.ts'
import type { Penstock, SendOptions } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { sendOptions } from '../penstock/options.ts'
import { endOf, underHonestTransfers } from './peer-table.ts'
import { type ScriptedReceivers, scriptedReceivers } from './receiver.ts'

/** A Penstock that sends one small file to scripted receivers. */
export interface ScriptedSending {
  /** Sends the file, and resolves with the name of the end. */
  send(to: Device, security: SendOptions['security']): Promise<string>
  /** Runs the table while honest devices exchange files; asserts that no error escapes into the process. */
  underTable<T extends { readonly name: string }>(
    t: TestContext,
    cases: readonly T[],
    run: (one: T, receivers: ScriptedReceivers) => Promise<void>,
  ): Promise<void>
}

/** Opens the Penstock before the tests of the file, and closes it after them. */
export function scriptedSending(): ScriptedSending {
  let root = ''
  let path = ''
  let sender: Penstock
  const reported: unknown[] = []

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'penstock-receiver-events-'))
    path = join(root, 'small.bin')
    await writeFile(path, 'content')
    sender = await openPenstock({
      stateDir: join(root, 'state'),
      alias: 'sender',
      onProgrammingError: (error) => reported.push(error),
    })
  })

  after(async () => {
    await sender.close()
    await rm(root, { recursive: true, force: true })
  })

  return {
    send: (to, security) => endOf(sender.send(sendOptions([path], to, { security, bufferBytes: 65_536 }))),
    async underTable(t, cases, run) {
      const receivers = scriptedReceivers(t)
      await underHonestTransfers(t, cases, (one) => run(one, receivers))
      assert.deepEqual(reported, [])
    },
  }
}
