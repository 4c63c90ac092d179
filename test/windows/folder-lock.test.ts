// Invariant: on Windows too a staging folder belongs to one process until that process closes it or ends in any way, and the
// owner can remove it.
import assert from 'node:assert/strict'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { folder, windowsNode, windowsPath } from './wine.ts'

const NAME = '.penstock-x'

/** Windows' Node with the addon as `addon`, the folder as `dir` and the staging folder open as `staging`. */
function run(t: TestContext, dir: string, script: string) {
  const head = [
    'const addon = require(process.env.PENSTOCK_ADDON)',
    `const dir = ${JSON.stringify(windowsPath(dir))}`,
    `const staging = addon.openFolder(dir + '\\\\${NAME}')`,
  ]
  return windowsNode(t, ['-e', [...head, script].join('\n')])
}

/** The output of a process that only tries. */
async function tried(t: TestContext, dir: string): Promise<string> {
  const { output, problems } = await (await run(t, dir, 'console.log(addon.tryLock(staging))')).ended
  assert.equal(problems, '')
  return output.trim()
}

test("a staging folder is one process's own", async (t) => {
  const dir = await folder(t)
  await mkdir(join(dir, NAME))
  const owner = await run(t, dir, 'console.log(addon.tryLock(staging)); setTimeout(() => undefined, 60_000)')
  while ((await owner.text()) === '') await sleep(50)
  assert.equal((await owner.text()).trim(), 'true')
  assert.equal(await tried(t, dir), 'false')
  owner.kill()
  await owner.ended
  assert.equal(await tried(t, dir), 'true')
  const script = `
    const mine = addon.tryLock(staging)
    const parent = addon.openFolder(dir)
    addon.removeStaging(parent, '${NAME}', staging).finally(() => staging.close()).then(() => console.log(mine, 'removed'), (error) => console.log(mine, String(error)))`
  assert.equal((await (await run(t, dir, script)).ended).output.trim(), 'true removed')
  assert.deepEqual(await readdir(dir), [])
})
