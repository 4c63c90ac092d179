// Invariant: a LocalSend device gets 200 for a file exactly when the file is complete under its final name; such a file stays
// however the session ends, and the report lists all others. Before that, only the staging folder is written.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TerminalState } from '../../../main/contract/transfer.ts'
import type { Penstock, ReceivedText, ReceiveOptions, Transfer } from '../../../main/core/api.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { receiveOptions } from '../../support/penstock/options.ts'
import { newIdentity } from '../../support/penstock/control.ts'
import { Phone, type PhoneFile } from '../../support/localsend/phone.ts'

let root = ''
let penstock: Penstock

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-phone-'))
  penstock = await openPenstock({
    ...{ stateDir: join(root, 'state'), alias: 'receiver' },
    streamLimits: { brokenUploadMs: 1000 },
  })
})

after(async () => {
  await penstock.close()
  await rm(root, { recursive: true, force: true })
})

async function receiver(t: TestContext, options: Partial<ReceiveOptions> = {}) {
  const dir = await mkdtemp(join(root, 'target-'))
  const transfers: Transfer[] = []
  const receiving = await penstock.receive(
    receiveOptions(dir, { clear: false, durability: 'commit', ...options }),
  )
  receiving.onTransfer((transfer) => void transfers.push(transfer))
  t.after(() => receiving.close())
  const phone = new Phone(receiving.port)
  const only = (): Transfer => {
    assert.equal(transfers.length, 1)
    return transfers[0] ?? assert.fail()
  }
  return { dir, phone, only, receiving }
}

const file = (id: string, fileName: string, size: number, more: Partial<PhoneFile> = {}): PhoneFile => ({
  id,
  fileName,
  size,
  ...more,
})

/** The files of a target with their content; none may be left of staging, unless `during` the transfer. */
async function contents(dir: string, during = false): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const top of await readdir(dir, { withFileTypes: true })) {
    if (during && top.name.startsWith('.penstock-')) continue
    const inner = top.isDirectory() ? await readdir(join(dir, top.name), { recursive: true }) : ['']
    for (const name of inner) {
      const path = join(top.name, name)
      if ((await stat(join(dir, path))).isFile()) found[path] = await readFile(join(dir, path), 'utf8')
    }
    assert.ok(!top.name.startsWith('.penstock-'), 'staging is left')
  }
  return found
}

function reportOf(end: TerminalState) {
  assert.equal(end.kind, 'done', JSON.stringify(end))
  return end.report
}

const skippedOf = (end: TerminalState) =>
  reportOf(end).notDelivered.map(({ path, by, reason }) => `${path} ${by} ${reason.code}`)

async function historyOf(transfer: Transfer) {
  // The line is written after the end has been reported.
  for (;;) {
    const lines = (await penstock.history(1000)).filter(
      (line) => line.transferId === transfer.view().transferId,
    )
    if (lines.length > 0) return lines
    await sleep(5)
  }
}

describe('each answer is the fate of its file', () => {
  for (const durability of ['os', 'everysec', 'commit', 'through'] as const) {
    test(`with ${durability} a file is there when its answer comes, and the folder of all is chosen once`, async (t) => {
      const { dir, phone, only } = await receiver(t, { durability })
      await mkdir(join(dir, 'dir'))
      await writeFile(join(dir, 'dir', 'a'), 'mine')
      await writeFile(join(dir, 'top.tar.gz'), 'mine')
      await phone.offer([
        file('1', 'dir/a', 1),
        file('2', 'dir/sub/b', 2),
        file('3', 'top.tar.gz', 3),
        file('4', 'dir/empty', 0),
      ])
      const expected: Record<string, string> = { 'dir/a': 'mine', 'top.tar.gz': 'mine' }
      const steps = [
        ['1', 'A', 'dir (2)/a'],
        ['2', 'BB', 'dir (2)/sub/b'],
        ['3', 'CCC', 'top.tar (2).gz'],
        ['4', '', 'dir (2)/empty'],
      ] as const
      for (const [id, body, path] of steps) {
        assert.equal((await phone.upload(id, body)).status, 200)
        expected[path] = body
        assert.deepEqual(await contents(dir, true), expected)
      }
      const end = await only().ended
      assert.deepEqual(await contents(dir), expected)
      const report = reportOf(end)
      assert.deepEqual([report.files, report.bytes, report.cipher], [4, 6, 'tls'])
      assert.deepEqual(only().view().savedAs, [join(dir, 'dir (2)'), join(dir, 'top.tar (2).gz')])
      assert.equal((await stat(join(dir, 'dir (2)'))).mode & 0o777, 0o755)
    })
  }

  test('files of one folder that come at the same time share it', async (t) => {
    const { dir, phone, only } = await receiver(t)
    const names = [...Array(20).keys()].map((n) => `album/${n % 3}/${n}`)
    await mkdir(join(dir, 'album'))
    await phone.offer(names.map((name, n) => file(String(n), name, 1)))
    const answers = await Promise.all(names.map((_, n) => phone.upload(String(n), 'x')))
    assert.ok(answers.every(({ status }) => status === 200))
    assert.equal(reportOf(await only().ended).files, 20)
    const placed = Object.fromEntries(names.map((name) => [name.replace('album', 'album (2)'), 'x']))
    assert.deepEqual(await contents(dir), placed)
  })

  test('a time that the file system cannot hold costs no file', async (t) => {
    const { dir, phone, only } = await receiver(t)
    const times = ['9999-12-31T23:59:59Z', '+275760-09-13T00:00:00Z', '-271821-04-20T00:00:00Z', 'yesterday']
    await phone.offer(times.map((modified, n) => file(String(n), `f${n}`, 1, { metadata: { modified } })))
    for (const n of times.keys()) assert.equal((await phone.upload(String(n), 'x')).status, 200, times[n])
    assert.equal(reportOf(await only().ended).files, times.length)
    assert.deepEqual(await contents(dir), Object.fromEntries(times.map((_, n) => [`f${n}`, 'x'])))
  })

  const taken = [
    { onConflict: 'keep-both', status: 200, now: { name: 'old', 'name (2)': 'new' }, notDelivered: [] },
    { onConflict: 'replace', status: 200, now: { name: 'new' }, notDelivered: [] },
    { onConflict: 'skip', status: 500, now: { name: 'old' }, notDelivered: ['name policy name-taken'] },
    { onConflict: 'newer', status: 500, now: { name: 'old' }, notDelivered: ['name policy name-taken'] },
  ] as const
  for (const { onConflict, status, now, notDelivered } of taken) {
    test(`a name that a file has, with ${onConflict}`, async (t) => {
      const { dir, phone, only } = await receiver(t, { onConflict })
      await writeFile(join(dir, 'name'), 'old')
      // No `modified`: the time is now, or a moment before what is there.
      await phone.offer([
        file('1', 'name', 3, { metadata: { modified: '2001-01-01T00:00:00Z' } }),
        file('2', 'other', 1),
      ])
      assert.equal((await phone.upload('1', 'new')).status, status)
      assert.equal((await phone.upload('2', '2')).status, 200)
      const end = await only().ended
      assert.deepEqual(await contents(dir), { ...now, other: '2' })
      assert.deepEqual(skippedOf(end), notDelivered)
      assert.equal(reportOf(end).files, status === 200 ? 2 : 1)
    })

    test(`a name that a folder has, with ${onConflict}`, async (t) => {
      const { dir, phone, only } = await receiver(t, { onConflict })
      await mkdir(join(dir, 'name'))
      await phone.offer([file('1', 'name', 3), file('2', 'other', 1), file('3', 'other/x', 1)])
      const answer = await phone.upload('1', 'new')
      assert.equal(answer.status, onConflict === 'keep-both' ? 200 : 500)
      assert.equal((await phone.upload('2', '2')).status, 200)
      if (phone.session?.files['3']) assert.equal((await phone.upload('3', '3')).status, 500)
      const end = await only().ended
      assert.equal((await stat(join(dir, 'name'))).isDirectory(), true)
      assert.equal(reportOf(end).files, onConflict === 'keep-both' ? 2 : 1)
      assert.ok(skippedOf(end).some((line) => line.startsWith('other/x failure')))
    })
  }

  test('files of one name all arrive, each further one with a number', async (t) => {
    const { dir, phone, only } = await receiver(t)
    await phone.offer([
      file('1', 'frame.png', 1),
      file('2', 'frame.png', 1),
      file('3', 'frame (2).png', 1),
      file('4', 'd/frame.png', 1),
      file('5', 'd/frame.png', 1),
      file('6', 'frame.png', 1),
    ])
    for (const id of ['2', '5', '4', '1', '6', '3'])
      assert.equal((await phone.upload(id, id)).status, 200, id)
    const end = await only().ended
    assert.deepEqual(await contents(dir), {
      'frame.png': '1',
      'frame (2).png': '2',
      'frame (2) (2).png': '3',
      'd/frame.png': '4',
      'd/frame (2).png': '5',
      'frame (3).png': '6',
    })
    assert.deepEqual(skippedOf(end), [])
    assert.ok(reportOf(end).notes.every(({ code }) => code === 'other-name'))
    assert.equal(reportOf(end).notes.length, 4)
  })

  test('a file whose folder has the name of another file is answered with a failure and listed', async (t) => {
    const { dir, phone, only } = await receiver(t)
    await phone.offer([file('1', 'a', 1), file('2', 'a/b', 1)])
    assert.equal((await phone.upload('2', 'B')).status, 500)
    assert.equal((await phone.upload('1', 'A')).status, 200)
    assert.deepEqual(skippedOf(await only().ended), ['a/b failure name-collision'])
    assert.deepEqual(await contents(dir), { a: 'A' })
  })

  test('a malformed file costs only itself', async (t) => {
    const { dir, phone, only } = await receiver(t)
    const files = {
      1: { id: 'other', fileName: 'good', size: 4, fileType: 7, metadata: { modified: 7 } },
      2: { id: '2', size: 1 },
      3: { id: '3', fileName: 'three', size: -3 },
      4: { fileName: 'four', size: 4, sha256: 'none', preview: {} },
    }
    const info = { alias: 7, version: null, deviceModel: 'Pixel', fingerprint: 'random string' }
    assert.equal((await phone.prepare('prepare-upload', JSON.stringify({ info, files }))).status, 200)
    assert.ok((await phone.upload('2', 'B')).status >= 400)
    assert.equal((await phone.upload('3', 'CCC')).status, 400)
    assert.equal((await phone.upload('1', 'good')).status, 200)
    assert.equal((await phone.upload('4', 'four')).status, 200)
    const end = await only().ended
    assert.deepEqual(await contents(dir), { good: 'good', four: 'four' })
    assert.equal(reportOf(end).notDelivered.length, 2)
    assert.equal(only().view().peer.alias, 'Pixel')
  })

  test('times keep all their digits', async (t) => {
    const { dir, phone, only } = await receiver(t)
    const times = {
      '2024-02-29T12:34:56.123456789Z': 1709210096123456789n,
      '2024-02-29T12:34:56.123456Z': 1709210096123456000n,
      '2024-02-29T14:34:56.5+02:00': 1709210096500000000n,
      '1969-12-31T23:59:59.9Z': -100000000n,
    }
    const offered = Object.keys(times).map((modified, n) =>
      file(String(n), `file ${n}`, 1, { metadata: { modified } }),
    )
    await phone.offer(offered)
    for (const { id } of offered) assert.equal((await phone.upload(id, 'x')).status, 200)
    await only().ended
    for (const [n, ns] of Object.values(times).entries()) {
      assert.equal((await stat(join(dir, `file ${n}`), { bigint: true })).mtimeNs, ns)
    }
  })

  test('a file with a name that cannot be used is answered with a failure and listed', async (t) => {
    const { dir, phone, only } = await receiver(t)
    const answer = await phone.offer([file('1', 'good', 1), file('2', 'a\nb', 1), file('3', '../x', 1)])
    assert.equal(answer.status, 200)
    assert.deepEqual(Object.keys(phone.session?.files ?? {}), ['1', '2', '3'])
    for (const id of ['2', '3']) assert.ok((await phone.upload(id, 'B')).status >= 400)
    assert.equal((await phone.upload('1', 'A')).status, 200)
    const end = await only().ended
    assert.deepEqual(await contents(dir), { good: 'A' })
    assert.deepEqual(skippedOf(end), ['a\nb failure unsafe-name', '../x failure unsafe-name'])
  })

  test('a wrong checksum may be sent again; after three tries the file has failed', async (t) => {
    const { dir, phone, only } = await receiver(t)
    const sha256 = createHash('sha256').update('good').digest('hex')
    await phone.offer([file('1', 'one', 4, { sha256 }), file('2', 'two', 4, { sha256 })])
    assert.equal((await phone.upload('1', 'evil')).status, 422)
    assert.equal((await phone.upload('1', 'good')).status, 200)
    for (let n = 0; n < 3; n++) assert.equal((await phone.upload('2', 'evil')).status, 422)
    const end = await only().ended
    assert.deepEqual(await contents(dir), { one: 'good' })
    assert.deepEqual(skippedOf(end), ['two failure check-failed'])
  })

  test('where no file was kept, the transfer has failed', async (t) => {
    const { dir, phone, only } = await receiver(t, { onConflict: 'replace' })
    await mkdir(join(dir, 'name'))
    await phone.offer([file('1', 'name', 3)])
    assert.equal((await phone.upload('1', 'new')).status, 500)
    const end = await only().ended
    assert.equal(end.kind, 'failed')
    assert.equal(end.problem.code, 'name-taken')
    assert.deepEqual(only().view().savedAs, [])
    assert.deepEqual(await contents(dir), {})
  })
})

for (const [problem, status] of [
  ['refused', 403],
  ['busy', 409],
  ['disk-full', 507],
  ['target-unusable', 500],
  ['no-permission', 500],
] as const) {
  test(`an offer that ends as ${problem} is answered ${status}`, async (t) => {
    const { phone, only } = await receiver(t, {
      decide: () => Promise.resolve({ accept: false, problem: { code: problem } }),
    })
    assert.equal((await phone.offer([file('1', 'a', 1)])).status, status)
    assert.equal((await only().ended).kind, 'refused')
  })
}

test('an offer with too many files is refused as such on both sides', async (t) => {
  const { phone, only } = await receiver(t)
  const one = JSON.stringify({ size: 0 })
  const files = [...Array(50_001).keys()].map((n) => `"${n}":${one}`).join(',')
  const answer = await phone.prepare('prepare-upload', `{"info":{"alias":"Phone"},"files":{${files}}}`)
  assert.equal(answer.status, 413)
  const end = await only().ended
  assert.ok(end.kind === 'refused')
  assert.match(end.problem.code, /too-many-files|offer-too-large/)
})

for (const names of [['a\nb'], ['../x'], ['/etc/passwd', 'c/../../d'], ['.']]) {
  test(`an offer of ${JSON.stringify(names)} alone is refused with a reason, which the transfer here has as well`, async (t) => {
    let asked = 0
    const { phone, only, dir } = await receiver(t, {
      decide: () => {
        asked++
        return Promise.resolve({ accept: true })
      },
    })
    const answer = await phone.offer(names.map((name, n) => file(String(n), name, 1)))
    assert.equal(answer.status, 400)
    assert.match(answer.text, /names/)
    const end = await only().ended
    assert.equal(end.kind, 'refused')
    assert.equal(`${end.by} ${end.problem.code}`, 'here unsafe-name')
    assert.equal(asked, 0)
    assert.deepEqual(await readdir(dir), [])
  })
}

describe('a local user with write access to the target', () => {
  test('cannot have a body written, or removed, through a link', async (t) => {
    const { dir, phone, only } = await receiver(t)
    const victim = join(root, 'victim')
    await writeFile(victim, 'kept')
    await phone.offer([file('1', 'one', 3), file('2', 'two', 3)])
    const [staging = ''] = (await readdir(dir)).filter((name) => name.startsWith('.penstock-'))
    await symlink(victim, join(dir, staging, '0'))
    assert.equal((await phone.upload('1', 'new')).status, 500)
    assert.equal(await readFile(victim, 'utf8'), 'kept')
    assert.equal((await phone.upload('2', 'two')).status, 200)
    await only().ended
    assert.equal(await readFile(victim, 'utf8'), 'kept')
    assert.deepEqual(await contents(dir), { two: 'two' })
  })

  test('cannot have a file placed through a link in the place of a folder', async (t) => {
    const { dir, phone, only } = await receiver(t)
    const outside = await mkdtemp(join(root, 'outside-'))
    await phone.offer([file('1', 'dir/one', 3), file('2', 'dir/two', 3), file('3', 'three', 1)])
    assert.equal((await phone.upload('1', 'one')).status, 200)
    await rm(join(dir, 'dir'), { recursive: true })
    await symlink(outside, join(dir, 'dir'))
    assert.equal((await phone.upload('2', 'two')).status, 500)
    assert.equal((await phone.upload('3', '3')).status, 200)
    await only().ended
    assert.deepEqual(await readdir(outside), [])
  })
})

describe('a confirmed file stays', () => {
  const ends: Readonly<Record<string, (side: { phone: Phone; transfer: Transfer }) => Promise<unknown>>> = {
    'cancelled peer cancelled-by-peer': ({ phone }) => phone.cancel(),
    'cancelled here cancelled-here': ({ transfer }) => Promise.resolve(transfer.cancel()),
  }
  for (const [wanted, finish] of Object.entries(ends)) {
    for (const middle of [false, true]) {
      test(`${wanted}${middle ? ', in the middle of the next' : ''}`, async (t) => {
        const { dir, phone, only } = await receiver(t)
        await phone.offer([file('1', 'd/a', 1), file('2', 'd/b', 100), file('3', 'c', 1)])
        assert.equal((await phone.upload('1', 'A')).status, 200)
        const open = middle ? await phone.begin('2', 100, 'half') : null
        if (open) while (only().view().bytes < 5) await sleep(5)
        await finish({ phone, transfer: only() })
        const end = await only().ended
        assert.ok(end.kind === 'cancelled')
        assert.equal(`cancelled ${end.by} ${end.problem.code}`, wanted)
        if (open) assert.equal((await open.answered).status, 403)
        assert.equal((await phone.upload('3', 'C')).status, 403)
        assert.deepEqual(await contents(dir), { 'd/a': 'A' })
        assert.deepEqual(only().view().savedAs, [join(dir, 'd')])
        const [line, ...more] = await historyOf(only())
        assert.deepEqual(more, [])
        assert.deepEqual(
          [line?.outcome, line?.entries, line?.bytes, line?.paths],
          ['cancelled', 1, 1, [join(dir, 'd')]],
        )
      })
    }
  }

  for (const names of [['only'], ['a', 'b']]) {
    test(`a phone drops ${names.length} of ${names.length} uploads and cancels: it reads as a cancel`, async (t) => {
      const { dir, phone, only } = await receiver(t)
      await phone.offer(names.map((name) => file(name, name, 100)))
      const uploads = await Promise.all(names.map((name) => phone.begin(name, 100, 'half')))
      while (only().view().bytes < 4 * names.length) await sleep(5)
      for (const { request } of uploads) request.destroy()
      // The broken connections arrive before the cancel does.
      await sleep(50)
      assert.equal((await phone.cancel()).status, 200)
      const end = await only().ended
      assert.ok(end.kind === 'cancelled')
      assert.equal(`${end.by} ${end.problem.code}`, 'peer cancelled-by-peer')
      assert.deepEqual(await contents(dir), {})
    })
  }

  test('the connection breaks in the next file', async (t) => {
    const { dir, phone, only } = await receiver(t)
    await phone.offer([file('1', 'a', 1), file('2', 'b', 100)])
    assert.equal((await phone.upload('1', 'A')).status, 200)
    const { request } = await phone.begin('2', 100, 'half')
    while (only().view().bytes < 5) await sleep(5)
    request.destroy()
    const end = await only().ended
    assert.deepEqual(await contents(dir), { a: 'A' })
    assert.deepEqual(skippedOf(end), ['b failure peer-gone'])
    assert.deepEqual([reportOf(end).files, reportOf(end).bytes], [1, 1])
  })

  test('the connection breaks in the first file, and the sender goes on', async (t) => {
    const { dir, phone, only } = await receiver(t)
    await phone.offer([file('1', 'a', 100), file('2', 'b', 1)])
    const { request } = await phone.begin('1', 100, 'half')
    while (only().view().bytes < 4) await sleep(5)
    request.destroy()
    assert.equal((await phone.upload('2', 'B')).status, 200)
    const end = await only().ended
    assert.deepEqual(await contents(dir), { b: 'B' })
    assert.deepEqual(skippedOf(end), ['a failure peer-gone'])
  })

  test('the sender does not come back after its connection broke', async (t) => {
    const { dir, phone, only } = await receiver(t)
    await phone.offer([file('1', 'a', 1), file('2', 'b', 100), file('3', 'c', 1)])
    assert.equal((await phone.upload('1', 'A')).status, 200)
    const { request } = await phone.begin('2', 100, 'half')
    while (only().view().bytes < 5) await sleep(5)
    request.destroy()
    const end = await only().ended
    assert.equal(end.kind, 'failed')
    assert.equal(end.problem.code, 'peer-gone')
    assert.deepEqual(await contents(dir), { a: 'A' })
    assert.deepEqual(only().view().savedAs, [join(dir, 'a')])
  })

  test('the receiver closes', async (t) => {
    const { dir, phone, only, receiving } = await receiver(t)
    await phone.offer([file('1', 'a', 1), file('2', 'b', 100)])
    assert.equal((await phone.upload('1', 'A')).status, 200)
    await phone.begin('2', 100, 'half')
    await receiving.close()
    assert.equal((await only().ended).kind, 'cancelled')
    assert.deepEqual(await contents(dir), { a: 'A' })
  })
})

test('a cancel at any moment of the last file: the answer, the disk and the end of the transfer agree', async (t) => {
  const { dir, phone, receiving } = await receiver(t)
  const transfers: Transfer[] = []
  receiving.onTransfer((transfer) => void transfers.push(transfer))
  for (const from of ['here', 'peer'] as const) {
    for (let turns = 0; turns < 40; turns++) {
      const name = `${from} ${turns}`
      await phone.offer([file('1', name, 5)])
      const transfer = transfers.at(-1) ?? assert.fail()
      const answered = phone.upload('1', 'whole')
      // The moment differs from round to round: from before the first byte to after the end.
      for (let turn = 0; turn < turns * 4; turn++) await new Promise(setImmediate)
      if (from === 'here') transfer.cancel()
      else void phone.cancel()
      const { status } = await answered
      const end = await transfer.ended
      const isThere = (await readdir(dir)).includes(name)
      assert.deepEqual(
        [status === 200, end.kind === 'done'],
        [isThere, isThere],
        `${name}: ${status} ${end.kind}`,
      )
    }
  }
})

describe('a text message', () => {
  const message = (preview: string, more: object = {}): string => {
    const file = { id: '1', fileName: 'uuid.txt', size: 5, fileType: 'text/plain', preview, ...more }
    return JSON.stringify({ info: { alias: 'Phone', fingerprint: 'a-phone' }, files: { 1: file } })
  }

  test('is shown, answered as received, and nothing is asked or written', async (t) => {
    const texts: ReceivedText[] = []
    let asked = 0
    const { dir, phone } = await receiver(t, {
      onText: (text) => texts.push(text),
      decide: () => {
        asked += 1
        return Promise.resolve({ accept: true })
      },
    })
    for (const text of ['https://example.org', '', 'two\nlines \u001b[31m', '会'.repeat(20_000)])
      assert.equal((await phone.prepare('prepare-upload', message(text))).status, 204)
    assert.deepEqual(
      texts.map(({ text }) => text.slice(0, 20)),
      ['https://example.org', '', 'two\nlines \u001b[31m', '会'.repeat(20)],
    )
    const [first] = texts
    assert.deepEqual([first?.alias, first?.host, first?.fingerprint], ['Phone', '127.0.0.1', ''])
    assert.deepEqual([asked, await readdir(dir)], [0, []])
  })

  test('that is too long, or is none, is a file', async (t) => {
    const texts: ReceivedText[] = []
    const { phone } = await receiver(t, { onText: (text) => texts.push(text) })
    for (const body of [message('x'.repeat(65_537)), message('x', { fileType: 'image/png' })])
      assert.equal((await phone.prepare('prepare-upload', body)).status, 200)
    assert.deepEqual(texts, [])
  })

  test('needs the PIN like a file', async (t) => {
    const texts: ReceivedText[] = []
    const { phone } = await receiver(t, { pin: '1234', onText: (text) => texts.push(text) })
    assert.equal((await phone.prepare('prepare-upload', message('x'))).status, 401)
    assert.equal((await phone.prepare('prepare-upload?pin=1234', message('x'))).status, 204)
    assert.equal(texts.length, 1)
  })
})

for (const version of ['1.17', '1.18']) {
  test(`a phone of ${version} finds this device, sends, sends again what arrived damaged, and cancels`, async (t) => {
    const identity = version === '1.18' ? await newIdentity(t) : null
    const { dir, receiving } = await receiver(t)
    const ends: Promise<TerminalState>[] = []
    receiving.onTransfer((transfer) => ends.push(transfer.ended))
    const phone = new Phone(receiving.port, identity)
    const found = await phone.probe()
    assert.deepEqual([found.status, JSON.parse(found.text).alias], [200, 'receiver'])
    const sha256 = createHash('sha256').update('photo').digest('hex')
    await phone.offer([file('1', 'p.jpg', 5, identity === null ? {} : { sha256 }), file('2', 'p.jpg', 5)])
    if (identity !== null) assert.equal((await phone.upload('1', 'phot0')).status, 422)
    assert.equal((await phone.upload('1', 'photo')).status, 200)
    assert.equal((await phone.upload('2', 'other')).status, 200)
    assert.equal((await ends[0])?.kind, 'done')
    assert.deepEqual(await contents(dir), { 'p.jpg': 'photo', 'p (2).jpg': 'other' })
    await phone.offer([file('3', 'long', 100)])
    const { request } = await phone.begin('3', 100, 'half')
    request.destroy()
    await sleep(50)
    assert.equal((await phone.cancel()).status, 200)
    assert.equal((await ends[1])?.kind, 'cancelled')
    assert.deepEqual(Object.keys(await contents(dir)).sort(), ['p (2).jpg', 'p.jpg'])
  })
}
