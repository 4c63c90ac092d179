// Invariant: the figures on the screen match the report, and the system calls that strace counts in the transfer's threads.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatBytes, formatCount } from '../../../main/messages/index.ts'
import { callsOf, OF_THE_THREAD_ITSELF, slackOf } from '../../support/processes/strace.ts'
import { drop, makeFolder, newest, rowOf, type Running } from '../support/harness.ts'
import { sharedPair } from '../support/pair.ts'

const pair = sharedPair()

/** Follows every thread of an application's main process; resolves when strace has attached to it. */
async function follow(
  { app, home }: Running,
  more: readonly string[] = [],
): Promise<{ readonly end: () => Promise<string> }> {
  const file = `${home}/trace`
  const strace: ChildProcess = spawn('strace', ['-f', ...more, '-o', file, '-p', String(app.process().pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await new Promise<void>((resolve, reject) => {
    let output = ''
    strace.once('exit', () => {
      reject(new Error(`strace: ${output}`))
    })
    strace.stderr?.on('data', (chunk) => {
      output += String(chunk)
      if (output.includes('attached')) resolve()
    })
  })
  return {
    end: async () => {
      const gone = once(strace, 'exit')
      strace.kill('SIGINT')
      await gone
      return readFile(file, 'utf8')
    },
  }
}

test('screen, report and strace agree, on both sides', { timeout: 120_000 }, async (t) => {
  if (spawnSync('strace', ['-V']).status !== 0) return t.skip('NOT RUN: strace is not installed')
  const folder = await makeFolder(pair.sender.home, 'tree', {
    'large.bin': Buffer.alloc(20 * 1024 * 1024 + 1, 7),
    ...Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`small/${index}.txt`, Buffer.alloc(index * 37, index)]),
    ),
  })
  const traces = await Promise.all([follow(pair.sender), follow(pair.receiver)])
  await drop(pair.sender.page, await rowOf(pair.receiver), [folder])
  await pair.receiver.page.getByRole('button', { name: 'Accept', exact: true }).click({ timeout: 60_000 })
  for (const { page } of [pair.sender, pair.receiver]) {
    await page.locator('[data-testid=transfer][data-state=done]').waitFor({ timeout: 60_000 })
  }
  const [ofSender = '', ofReceiver = ''] = await Promise.all(traces.map((trace) => trace.end()))
  await agrees(pair.sender, callsOf(ofSender, 'ps-send-'))
  await agrees(pair.receiver, callsOf(ofReceiver, 'ps-recv-'))
})

test('the fallback of the receiver is shown on both screens', { timeout: 120_000 }, async (t) => {
  if (spawnSync('strace', ['-V']).status !== 0) return t.skip('NOT RUN: strace is not installed')
  const path = join(pair.sender.home, 'refused.bin')
  await writeFile(path, Buffer.alloc(64 * 1024 * 1024, 9))
  // The first calls succeed, so that it is refused in the middle.
  const broken = await follow(pair.receiver, [
    '-e',
    'trace=splice',
    '-e',
    'inject=splice:error=EINVAL:when=9+',
  ])
  try {
    await drop(pair.sender.page, await rowOf(pair.receiver), [path])
    await pair.receiver.page.getByRole('button', { name: 'Accept', exact: true }).click({ timeout: 60_000 })
    for (const { page } of [pair.sender, pair.receiver]) {
      await page.locator('[data-testid=transfer][data-state=done]:has-text("refused.bin")').waitFor()
    }
  } finally {
    await broken.end()
  }
  const { view } = await newest(pair.receiver.page)
  assert.ok(view.state.kind === 'done')
  const { technique, fellBackFrom } = view.state.report
  assert.equal(fellBackFrom[0]?.technique, 'splice')
  assert.notEqual(technique, 'splice')
  const detail = pair.sender.page.getByTestId('detail')
  assert.equal(await detail.getByTestId('other-technique').textContent(), technique)
  assert.equal(
    ((await detail.getByTestId('peer-fell-back').textContent()) ?? '').trim(),
    `Edit bay tried splice first, and now uses ${String(technique)}.`,
  )
  const own = pair.receiver.page.getByTestId('detail')
  assert.equal(await own.getByTestId('technique').getByRole('button').textContent(), technique)
  assert.match((await own.getByTestId('reason').textContent()) ?? '', /splice was tried first/)
})

async function agrees({ page }: Running, seen: Readonly<Record<string, number>>): Promise<void> {
  const { view } = await newest(page)
  assert.ok(view.state.kind === 'done')
  const { report } = view.state
  const { syscalls, cpuSeconds, contextSwitches, userCopyBytes } = report
  assert.ok(syscalls && cpuSeconds && contextSwitches && userCopyBytes !== null)
  const detail = page.getByTestId('detail')
  const figures = { user: formatBytes(userCopyBytes), cpu: '' }
  figures.cpu = `${((cpuSeconds.user + cpuSeconds.system) / (report.bytes / 1e9)).toFixed(2)} s/GB`
  assert.equal(await detail.getByTestId('figure-user').textContent(), figures.user)
  assert.equal(await detail.getByTestId('figure-cpu').textContent(), figures.cpu)
  const technique = report.technique ?? ''
  assert.equal(await detail.getByTestId('figure-calls').textContent(), formatCount(syscalls[technique] ?? -1))
  await detail.locator('summary').click()
  const rows = await detail.locator('details dl > div').allTextContents()
  for (const [name, count] of Object.entries(syscalls)) {
    assert.ok(rows.includes(`${name}()${formatCount(count)}`), `${name} is not on the screen as reported`)
    const difference = Math.abs((seen[name] ?? 0) - count)
    assert.ok(difference <= slackOf(name), `${name}: ${count} on the screen, ${seen[name] ?? 0} seen`)
  }
  const others = Object.keys(seen).filter(
    (name) => !OF_THE_THREAD_ITSELF.includes(name) && !(name in syscalls),
  )
  assert.deepEqual(others, [], 'seen, and not on the screen')
}
