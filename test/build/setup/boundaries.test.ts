// Invariant: lint rejects every import against the directions of dependency, in each form of import.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { ESLint } from 'eslint'

const root = join(import.meta.dirname, '..', '..', '..')
const RULES = [
  'import-x/no-restricted-paths',
  'no-restricted-imports',
  'no-console',
  'no-restricted-properties',
]

const eslint = new ESLint({
  cwd: root,
  // Without types, which take long.
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
  ruleFilter: ({ ruleId }) => RULES.includes(ruleId),
})

async function problems(filePath: string, code: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, filePath) })
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message)
}

const refused: readonly (readonly [file: string, code: string])[] = [
  ['main/core/plan/plan.ts', "import { app } from 'electron'"],
  ['main/core/plan/plan.ts', "import type { App } from 'electron'"],
  ['main/core/plan/plan.ts', "await import('electron')"],
  ['main/core/plan/plan.ts', "import { run } from '../../cli/run.ts'"],
  ['main/core/plan/plan.ts', "await import('../../cli/run.ts')"],
  ['main/core/plan/plan.ts', "export * from '../../messages/index.ts'"],
  ['main/core/plan/plan.ts', "import type { Channels } from '../../contract/ipc.ts'"],
  ['main/core/plan/plan.ts', "console.log('hello')"],
  ['main/core/plan/plan.ts', "process.stdout.write('hello')"],
  ['main/contract/device.ts', "import type { Penstock } from '../core/api.ts'"],
  ['main/contract/device.ts', "import { z } from 'zod'"],
  ['main/contract/device.ts', "import { join } from 'node:path'"],
  ['main/messages/index.ts', "import type { Penstock } from '../core/api.ts'"],
  ['main/messages/index.ts', "import { z } from 'zod'"],
  ['main/cli/run.ts', "import { addon } from '../../native/index.ts'"],
  ['main/cli/run.ts', "import { app } from 'electron'"],
  ['main/cli/run.ts', "import { openPenstock } from '../core/penstock.ts'"],
  ['main/cli/commands/send.ts', "await import('../../core/source/walk.ts')"],
  ['main/cli/run.ts', "import { ownCommand } from '../desktop/own-command.ts'"],
  ['main/desktop/shell.ts', "import { run } from '../cli/run.ts'"],
  ['main/desktop/services/compare.ts', "import { run } from '../../cli/run.ts'"],
  ['main/desktop/services/services.ts', "import type { Penstock } from '../../core/api.ts'"],
  ['main/desktop/window/window.ts', "import { addon } from '../../../native/index.ts'"],
  ['main/desktop/window/window.ts', "import { app, ipcMain } from 'electron'"],
  ['renderer/state/store.ts', "import type { Penstock } from '../../main/core/api.ts'"],
  ['renderer/state/store.ts', "import { app } from 'electron'"],
  ['renderer/state/store.ts', "import { join } from 'node:path'"],
  ['native/load.ts', "import { PenstockError } from '../main/contract/errors.ts'"],
]

const allowed: readonly (readonly [file: string, code: string])[] = [
  ['main/core/plan/plan.ts', "import { addon } from '../../../native/index.ts'"],
  ['main/core/plan/plan.ts', "import { PenstockError } from '../../contract/errors.ts'"],
  ['main/core/plan/plan.ts', "import { z } from 'zod'"],
  ['main/contract/ipc.ts', "import * as z from 'zod/mini'"],
  ['main/messages/index.ts', "import type { Problem } from '../contract/errors.ts'"],
  ['main/cli/run.ts', "import { openPenstock } from '../core/index.ts'"],
  ['main/desktop/services/services.ts', "import { openPenstock } from '../../core/index.ts'"],
  ['main/desktop/command-line.ts', "import { run } from '../cli/run.ts'"],
  ['main/cli/run.ts', "import { words } from '../messages/index.ts'"],
  ['main/desktop/ipc/ipc.ts', "import { ipcMain } from 'electron'"],
  ['main/desktop/ipc/preload.ts', "import { ipcRenderer } from 'electron'"],
  ['renderer/state/store.ts', "import type { Device } from '../../main/contract/device.ts'"],
]

for (const [file, code] of refused) {
  test(`refused in ${file}: ${code}`, async () => {
    assert.equal((await problems(file, code)).length, 1)
  })
}

for (const [file, code] of allowed) {
  test(`allowed in ${file}: ${code}`, async () => {
    assert.deepEqual(await problems(file, code), [])
  })
}
