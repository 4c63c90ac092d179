// Invariant: a browser gets from a share exactly the files that were shared, whole or as a part that fits, and nothing without
// the whole link or the PIN; what cannot be sent as it was found breaks off and never passes for the whole.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { Penstock, Share, ShareOptions, Shared } from '../../../main/core/api.ts'
import { partOf } from '../../../main/core/link/range.ts'
import { openPenstock } from '../../../main/core/penstock.ts'
import { pages } from '../../../main/pages/index.ts'
import { type Answer, requestOf } from '../../support/network/request.ts'
import { fc } from '../../support/random.ts'

const run = promisify(execFile)
const startRss = process.memoryUsage().rss
let root = ''
let penstock: Penstock
const BIG = randomBytes(3_000_017)

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-share-'))
  penstock = await openPenstock({ stateDir: join(root, 'state'), alias: 'Studio <b>&' })
  await mkdir(join(root, 'photos/deep/empty'), { recursive: true })
  await writeFile(join(root, 'photos/big.bin'), BIG)
  await writeFile(join(root, 'photos/deep/照片 😀.txt'), 'picture')
  await writeFile(join(root, 'photos/zero'), '')
  await symlink('big.bin', join(root, 'photos/link'))
})

after(async () => {
  await penstock.close()
  await rm(root, { recursive: true, force: true })
})

async function share(t: TestContext, options: Partial<ShareOptions> = {}): Promise<Share> {
  const made = await penstock.share({
    ...{ paths: [join(root, 'photos')], host: 'loopback', port: 0, secure: true, pin: null, seconds: null },
    ...{ pages, signal: new AbortController().signal },
    ...options,
  })
  t.after(() => made.close())
  return made
}

function linkOf({ links: [link = ''] }: Pick<Share, 'links'>): string {
  return link
}

/** A request to a link or a path below it. */
function get(
  url: string,
  { method = 'GET', ...rest }: { method?: string; headers?: object; body?: string } = {},
): Promise<Answer> {
  return requestOf(url, { method, ...rest })
}

/** The links to files on a page, by name. */
async function filesOf(link: string): Promise<Map<string, string>> {
  const { body } = await get(link)
  const hrefs = [...body.toString().matchAll(/href="(files\/[^"]+)"/g)].map(([, href = '']) => href)
  return new Map(hrefs.map((href) => [decodeURIComponent(href.split('/')[2] ?? ''), link + href]))
}

for (const secure of [true, false]) {
  describe(secure ? 'over HTTPS' : 'over HTTP', () => {
    test('the page lists the files, and each comes whole, with its type and name', async (t) => {
      const made = await share(t, { secure })
      assert.match(linkOf(made), secure ? /^https:\/\/127\.0\.0\.1:\d+\/\w{10}\/$/ : /^http:/)
      assert.equal(made.fingerprint, secure ? penstock.fingerprint : null)
      assert.deepEqual(made.totals, { files: 3, directories: 3, symlinks: 0, bytes: BIG.length + 7 })
      assert.deepEqual(
        made.notDelivered.map(({ path, reason }) => `${path} ${reason.code}`),
        ['photos/link link-not-shared'],
      )
      const files = await filesOf(linkOf(made))
      assert.deepEqual([...files.keys()].sort(), ['big.bin', 'zero', '照片 😀.txt'])
      const big = await get(files.get('big.bin') ?? '')
      assert.ok(big.body.equals(BIG))
      assert.equal(big.headers['content-length'], String(BIG.length))
      const text = await get(files.get('照片 😀.txt') ?? '')
      assert.equal(text.body.toString(), 'picture')
      assert.equal(text.headers['content-type'], 'text/plain')
      assert.match(String(text.headers['content-disposition']), /^attachment; .*%E7%85%A7%E7%89%87/)
      assert.equal((await get(files.get('zero') ?? '')).body.length, 0)
    })

    test('an archive holds all of it, and its length is announced', async (t) => {
      const made = await share(t, { secure })
      const { body, headers } = await get(`${linkOf(made)}all.zip`)
      assert.equal(headers['content-length'], String(body.length))
      const path = join(root, `all-${secure}.zip`)
      const into = join(root, `unzipped-${secure}`)
      await writeFile(path, body)
      await run('python3', ['-m', 'zipfile', '-e', path, into])
      assert.ok((await readFile(join(into, 'photos/big.bin'))).equals(BIG))
      assert.equal(await readFile(join(into, 'photos/deep/照片 😀.txt'), 'utf8'), 'picture')
      await run('python3', ['-m', 'zipfile', '-t', path])
      const { stdout } = await run('python3', ['-m', 'zipfile', '-l', path])
      assert.match(stdout, /photos\/deep\/empty\//)
    })

    test('curl resumes a download', async (t) => {
      const made = await share(t, { secure })
      const url = (await filesOf(linkOf(made))).get('big.bin') ?? ''
      const path = join(root, `resumed-${secure}`)
      await writeFile(path, BIG.subarray(0, 1_000_000))
      await run('curl', ['-sk', '-C', '-', '-o', path, url])
      assert.ok((await readFile(path)).equals(BIG))
    })
  })
}

test('wget saves a file under its name', async (t) => {
  const made = await share(t)
  const url = (await filesOf(linkOf(made))).get('big.bin') ?? ''
  const into = await mkdtemp(join(root, 'wget-'))
  try {
    await run('wget', ['-q', '--no-check-certificate', '-P', into, url])
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return t.skip('no wget')
    throw error
  }
  assert.ok((await readFile(join(into, 'big.bin'))).equals(BIG))
})

describe('a part', () => {
  const PARTS: readonly (readonly [string, number, number, number])[] = [
    ['bytes=0-0', 206, 0, 1],
    ['bytes=5-', 206, 5, BIG.length],
    ['bytes=-7', 206, BIG.length - 7, BIG.length],
    ['bytes=0-99999999999', 206, 0, BIG.length],
    [`bytes=${BIG.length - 1}-`, 206, BIG.length - 1, BIG.length],
    ['bytes=1-2,5-6', 200, 0, BIG.length],
    ['bytes=9-1', 200, 0, BIG.length],
    ['lines=1-2', 200, 0, BIG.length],
    ['bytes=', 200, 0, BIG.length],
    [`bytes=${BIG.length}-`, 416, 0, 0],
    ['bytes=-0', 416, 0, 0],
  ]
  test('is what was asked for, or the whole, or refused', async (t) => {
    const made = await share(t, { secure: false })
    const url = (await filesOf(linkOf(made))).get('big.bin') ?? ''
    for (const [range, status, from, to] of PARTS) {
      const got = await get(url, { headers: { range } })
      assert.equal(got.status, status, range)
      assert.ok(got.body.equals(BIG.subarray(from, to)), range)
      if (status === 206) assert.equal(got.headers['content-range'], `bytes ${from}-${to - 1}/${BIG.length}`)
    }
  })

  test('of another version is the whole', async (t) => {
    const made = await share(t, { secure: false })
    const url = (await filesOf(linkOf(made))).get('big.bin') ?? ''
    const { headers } = await get(url, { method: 'HEAD' })
    const range = 'bytes=10-19'
    const same = await get(url, { headers: { range, 'if-range': String(headers['etag']) } })
    assert.deepEqual([same.status, same.body.length], [206, 10])
    const other = await get(url, { headers: { range, 'if-range': '"other"' } })
    assert.deepEqual([other.status, other.body.length], [200, BIG.length])
  })

  test('never lies outside the file, whatever the header', () => {
    const number = fc.oneof(fc.nat().map(String), fc.constant(''), fc.stringMatching(/^\d{1,20}$/))
    const header = fc.oneof(
      fc.string(),
      fc.tuple(number, number).map(([a, b]) => `bytes=${a}-${b}`),
    )
    fc.assert(
      fc.property(header, fc.nat(), (text, size) => {
        const part = partOf(text, size)
        if (part === null || part === 'unsatisfiable') return
        assert.ok(part.from >= 0 && part.from < part.to && part.to <= size, JSON.stringify(part))
      }),
    )
  })
})

describe('nothing is listed or sent', () => {
  test('without the whole link', async (t) => {
    const made = await share(t)
    const link = new URL(linkOf(made))
    const session = link.pathname.slice(1, -1)
    const wrong = `${session.slice(0, -1)}${session.endsWith('a') ? 'b' : 'a'}`
    for (const path of [
      '/',
      '/x/',
      `/${wrong}/`,
      `/${wrong}/all.zip`,
      `/${wrong}/files/0/x`,
      '/../etc/passwd',
      '//x',
    ]) {
      const { status, body } = await get(`${link.origin}${path}`)
      assert.equal(status, 404, path)
      assert.doesNotMatch(body.toString(), /big\.bin|picture/)
    }
    for (const path of [
      `/${session}/files/999/x`,
      `/${session}/files/..%2f..%2fetc/passwd`,
      `/${session}/photos/big.bin`,
    ]) {
      assert.equal((await get(`${link.origin}${path}`)).status, 404, path)
    }
    for (const query of ['', '?pin=', '?sessionId=', `?sessionId=${wrong}`]) {
      const prepared = await get(`${link.origin}/api/localsend/v2/prepare-download${query}`, {
        method: 'POST',
      })
      assert.equal(prepared.status, 403, query)
      const file = await get(`${link.origin}/api/localsend/v2/download?fileId=0&${query.slice(1)}`)
      assert.equal(file.status, 403, query)
    }
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'POST']) {
      assert.equal((await get(linkOf(made), { method })).status, 405, method)
    }
  })

  test('without the PIN, which locks after three wrong ones', async (t) => {
    const made = await share(t, { pin: 'secret 9' })
    const link = linkOf(made)
    assert.equal(new URL(link).pathname, '/')
    const page = await get(link)
    assert.equal(page.status, 401)
    assert.match(page.body.toString(), /type="password"/)
    assert.equal((await get(`${link}all.zip`)).status, 401)
    const right = await get(link, { method: 'POST', body: 'pin=secret+9' })
    assert.equal(right.status, 303)
    const opened = new URL(String(right.headers['location']), link).href
    assert.equal((await filesOf(opened)).size, 3)
    const { status, body } = await get(`${link}api/localsend/v2/prepare-download?pin=secret%209`, {
      method: 'POST',
    })
    assert.equal(status, 200)
    const { sessionId, files } = JSON.parse(body.toString())
    const ids = Object.values<{ id: string; fileName: string }>(files)
    const big = ids.find(({ fileName }) => fileName === 'photos/big.bin')?.id ?? ''
    const download = await get(`${link}api/localsend/v2/download?sessionId=${sessionId}&fileId=${big}`)
    assert.ok(download.body.equals(BIG))
    const tries = []
    for (const pin of ['1', '', '2', '3', 'secret+9'])
      tries.push((await get(link, { method: 'POST', body: `pin=${pin}` })).status)
    assert.deepEqual(tries, [401, 401, 401, 401, 429])
    // Those who were in stay in.
    assert.equal((await get(opened)).status, 200)
  })

  test('after it was stopped, and after its time', async (t) => {
    const made = await share(t)
    await made.close()
    assert.equal(await made.ended, 'stopped')
    await assert.rejects(get(linkOf(made)))
    const short = await share(t, { seconds: 0.2 })
    assert.match((await get(linkOf(short))).body.toString(), /Available for up to/)
    assert.equal(await short.ended, 'expired')
    await assert.rejects(get(linkOf(short)))
  })
})

describe('a file that changed since it was shared', () => {
  async function changing(t: TestContext, secure = false) {
    const folder = await mkdtemp(join(root, 'changing-'))
    await writeFile(join(folder, 'first'), 'first')
    await writeFile(join(folder, 'second'), 'second')
    const made = await share(t, { paths: [folder], secure })
    return { folder, made, files: await filesOf(linkOf(made)) }
  }

  for (const [how, change] of Object.entries<(path: string) => Promise<unknown>>({
    'was written': (path) => writeFile(path, 'longer than before'),
    'was removed': (path) => rm(path),
    'became a link': (path) => rm(path).then(() => symlink('/etc/passwd', path)),
  })) {
    test(`${how}: it is refused with a page, and breaks the archive`, async (t) => {
      const { folder, made, files } = await changing(t)
      await change(join(folder, 'second'))
      const { status, body } = await get(files.get('second') ?? '')
      assert.ok(status === 409 || status === 500, String(status))
      assert.doesNotMatch(body.toString(), /longer|root:/)
      assert.equal((await get(files.get('first') ?? '')).body.toString(), 'first')
      await assert.rejects(get(`${linkOf(made)}all.zip`))
    })
  }

  test('lies in a folder that became a link: nothing of the other folder is sent', async (t) => {
    const folder = await mkdtemp(join(root, 'outer-'))
    await mkdir(join(folder, 'in'))
    await writeFile(join(folder, 'in', 'file'), 'shared')
    const other = await mkdtemp(join(root, 'other-'))
    await writeFile(join(other, 'file'), 'secret')
    const made = await share(t, { paths: [folder], secure: false })
    const files = await filesOf(linkOf(made))
    await rename(join(folder, 'in'), join(folder, 'moved'))
    await symlink(other, join(folder, 'in'))
    const { body } = await get(files.get('file') ?? '')
    assert.doesNotMatch(body.toString(), /secret/)
  })
})

test('what browsers receive is told, and only that', async (t) => {
  const made = await share(t)
  const told: Shared[] = []
  made.onShared((one) => told.push(one))
  const url = (await filesOf(linkOf(made))).get('big.bin') ?? ''
  await get(url, { method: 'HEAD' })
  await get(url)
  await get(`${linkOf(made)}all.zip`)
  assert.deepEqual(told, [
    { address: '127.0.0.1', path: 'photos/big.bin', bytes: BIG.length },
    { address: '127.0.0.1', path: null, bytes: BIG.length + 7 },
  ])
})

test('every answer forbids scripts, frames and guesses about its type', async (t) => {
  const made = await share(t)
  const [, url = ''] = [...(await filesOf(linkOf(made)))][0] ?? []
  for (const one of [
    linkOf(made),
    url,
    `${linkOf(made)}all.zip`,
    `${new URL(linkOf(made)).origin}/nothing`,
  ]) {
    const { headers } = await get(one)
    assert.match(String(headers['content-security-policy']), /^(default-src 'none'|sandbox)/)
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
  }
})

test('a list of thousands of files comes in parts that lead to each other', async (t) => {
  const folder = await mkdtemp(join(root, 'many-'))
  await Promise.all([...Array(2100).keys()].map((n) => writeFile(join(folder, `f${n}`), '')))
  const made = await share(t, { paths: [folder], secure: false })
  const names = new Set<string>()
  let next: string | null = linkOf(made)
  let parts = 0
  while (next !== null) {
    const text = (await get(next)).body.toString()
    parts += 1
    for (const [, name = ''] of text.matchAll(/href="files\/\d+\/([^"]+)"/g)) names.add(name)
    const from = Math.max(...[...text.matchAll(/href="\?from=(\d+)"/g)].map(([, n]) => Number(n)), 0)
    next = from >= parts * 1000 ? `${linkOf(made)}?from=${from}` : null
  }
  assert.deepEqual([names.size, parts], [2100, 3])
})

test('200 browsers that stop reading cost little memory, and all get the file in the end', async (t) => {
  const made = await share(t)
  const url = new URL((await filesOf(linkOf(made))).get('big.bin') ?? '')
  const responses = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const request = httpsRequest(url, { rejectUnauthorized: false, agent: false }).end()
      const [response]: IncomingMessage[] = await once(request, 'response')
      return response ?? assert.fail()
    }),
  )
  const growth = process.memoryUsage().rss - startRss
  t.diagnostic(`${Math.round(growth / 1e6)} MB`)
  const lengths = await Promise.all(
    responses.map(async (response) => {
      let bytes = 0
      for await (const chunk of response) if (chunk instanceof Buffer) bytes += chunk.length
      return bytes
    }),
  )
  assert.ok(lengths.every((bytes) => bytes === BIG.length))
  // Both ends of 200 TLS connections, and what their sockets hold.
  assert.ok(growth < 250e6, `${growth} bytes`)
})
