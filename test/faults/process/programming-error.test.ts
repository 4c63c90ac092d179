// Invariant: an unhandled error ends the process with 70, its stack on standard error and a final line for each running
// transfer; the peer reports the end within seconds, and no partial file remains.
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/files/temporary.ts'
import { penstock, receiver } from '../../support/processes/cli.ts'
import { runProcess } from '../../support/processes/process.ts'
import { patterned } from '../../support/files/tree.ts'
import { jsonLines } from '../../cli/fake.ts'

const PRELOAD = new URL('../../support/processes/programming-error.mjs', import.meta.url).href
const SLOW = ['--clear', '--technique', 'readwrite', '--buffer', '4096']

const root = temporaryFolder('resort', { 'large.bin': patterned(512 * 1024 * 1024) })
const file = join(root, 'large.bin')

function assertCrashed({ exit, out, err }: Awaited<ReturnType<typeof runProcess>>): void {
  assert.equal(exit, 70, err)
  assert.match(err, /^penstock: Something went wrong inside Penstock: made on purpose\.$/m)
  assert.equal(err.match(/^TypeError: made on purpose\n {4}at /gm)?.length, 1, err)
  const closing = jsonLines(out).filter(
    ({ event }) => !['listening', 'offer', 'progress'].includes(String(event)),
  )
  assert.equal(closing.length, 1, out)
  assert.equal(closing[0]?.['event'], 'failed')
  assert.match(String(closing[0]['transferId']), /^\w{8,}/)
  assert.deepEqual(closing[0]['problem'], { code: 'internal', params: { message: 'made on purpose' } })
}

for (const kind of ['exception', 'rejection']) {
  const crash = { preload: [PRELOAD], env: { PROGRAMMING_ERROR: kind } }

  test(`${kind} in a sender`, { timeout: 60_000 }, async () => {
    const dir = join(root, `${kind}-s`)
    const receiving = await receiver(dir, `${dir}-state`, ['--once', '--clear', '--durability', 'os'])
    const to = ['--to', `127.0.0.1:${String(receiving.port)}`, '--state', `${dir}-sender`]
    assertCrashed(await runProcess(['send', file, ...to, ...SLOW, '--json'], crash))
    assert.equal(await receiving.exit, 1)
    assert.deepEqual(await readdir(dir), [])
  })

  test(`${kind} in a receiver`, { timeout: 60_000 }, async () => {
    const dir = join(root, `${kind}-r`)
    const args = [
      '--dir',
      dir,
      '--state',
      `${dir}-state`,
      '--port',
      '0',
      '--hidden',
      '--accept',
      'all',
      '--clear',
    ]
    let port: (port: string) => void = () => undefined
    const listening = new Promise<string>((resolve) => (port = resolve))
    const receiving = runProcess(['receive', ...args, '--durability', 'os', '--json'], {
      ...crash,
      started: (child) => {
        let out = ''
        child.stdout?.on('data', (text: string) => {
          out += text
          const found = /"port":(\d+)/u.exec(out)?.[1]
          if (found !== undefined) port(found)
        })
      },
    })
    const to = ['--to', `127.0.0.1:${await listening}`, '--state', `${dir}-sender`]
    const sending = penstock(['send', file, ...to, ...SLOW])
    assertCrashed(await receiving)
    assert.equal(await sending.exit, 1)
    assert.deepEqual(await readdir(dir), [])
  })
}
