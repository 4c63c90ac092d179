// Invariant: every reason that the plan can give has a text in both languages, with all its values filled in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SourceFacts } from '../../main/contract/facts.ts'
import {
  COPY_TECHNIQUES,
  type Reason,
  RECEIVE_TECHNIQUES,
  SEND_TECHNIQUES,
} from '../../main/contract/technique.ts'
import { planCopy } from '../../main/core/plan/copy-plan.ts'
import { type PlanFacts, planReceive, planSend } from '../../main/core/plan/plan.ts'
import { catalogue, LANGUAGES, reasonText } from '../../main/messages/index.ts'
import { CONVEYANCES } from '../support/conveyances.ts'

const SENTENCES: readonly (readonly [Reason, string, string])[] = [
  [
    { code: 'fell-back', params: { syscall: 'ioctl', code: 'EXDEV' } },
    'source and target are on different file systems, which cannot share blocks: ioctl EXDEV',
    '源和目标在不同的文件系统上，无法共享数据块：ioctl EXDEV',
  ],
  [
    { code: 'fell-back', params: { syscall: 'ioctl', code: 'EOPNOTSUPP' } },
    'the file system cannot share blocks between files: ioctl EOPNOTSUPP',
    '此文件系统不支持文件之间共享数据块：ioctl EOPNOTSUPP',
  ],
  [
    { code: 'fell-back', params: { syscall: 'fclonefileat', code: 'ENOTSUP' } },
    'the file system cannot share blocks between files: fclonefileat ENOTSUP',
    '此文件系统不支持文件之间共享数据块：fclonefileat ENOTSUP',
  ],
  [
    { code: 'fell-back', params: { syscall: 'ioctl', code: 'EINVAL' } },
    'the file system cannot share the blocks of this file: ioctl EINVAL',
    '文件系统无法共享此文件的数据块：ioctl EINVAL',
  ],
  // Another error of that call, and that error of another call.
  [
    { code: 'fell-back', params: { syscall: 'ioctl', code: 'EIO' } },
    'ioctl is not supported here: EIO',
    '此处不支持 ioctl：EIO',
  ],
  [
    { code: 'fell-back', params: { syscall: 'splice', code: 'EINVAL' } },
    'splice is not supported here: EINVAL',
    '此处不支持 splice：EINVAL',
  ],
  [
    { code: 'whole-files-in-order' },
    'whole files go in order and user space does not need the bytes',
    '整个文件按顺序发送，用户空间无需访问其内容',
  ],
  [
    { code: 'whole-files-in-order', params: { files: 1, bytes: 2 * 1024 ** 3, cached: 100 } },
    'whole files go in order and user space does not need the bytes (1 file, 2.15 GB); 100 % of it is in the page cache',
    '整个文件按顺序发送，用户空间无需访问其内容（1 个文件，2.15 GB）；其中 100 % 在页缓存中',
  ],
  [
    { code: 'whole-files-in-order', params: { files: 1, bytes: 2 * 1024 ** 3 } },
    'whole files go in order and user space does not need the bytes (1 file, 2.15 GB)',
    '整个文件按顺序发送，用户空间无需访问其内容（1 个文件，2.15 GB）',
  ],
  [
    { code: 'many-small-files', params: { files: 10_000, mean: 4096 } },
    'many small files (10 000 files of 4.10 kB on average) are read into one buffer, and one call sends many of them',
    '大量小文件（10 000 个文件，平均 4.10 kB）读入同一缓冲区，一次调用即可发送多个',
  ],
  [
    { code: 'whole-files-in-order', params: { files: 10_000, bytes: 10_000 * 4096, cached: 100 } },
    'whole files go in order and user space does not need the bytes (10 000 files, 41.0 MB); 100 % of it is in the page cache',
    '整个文件按顺序发送，用户空间无需访问其内容（10 000 个文件，41.0 MB）；其中 100 % 在页缓存中',
  ],
  [
    { code: 'socket-to-this-machine' },
    'whole files in order; the other end is this computer, where “Copy to folder” copies less or nothing',
    '整个文件按顺序发送；另一端就是本机，“复制到文件夹”可以少拷贝甚至零拷贝',
  ],
  [
    { code: 'whole-files-in-order', params: { files: 63, bytes: 63 * 4096, cached: 100 } },
    'whole files go in order and user space does not need the bytes (63 files, 258 kB); 100 % of it is in the page cache',
    '整个文件按顺序发送，用户空间无需访问其内容（63 个文件，258 kB）；其中 100 % 在页缓存中',
  ],
  [
    { code: 'whole-files-in-order', params: { files: 10_000, bytes: 10_000 * 16_385, cached: 100 } },
    'whole files go in order and user space does not need the bytes (10 000 files, 164 MB); 100 % of it is in the page cache',
    '整个文件按顺序发送，用户空间无需访问其内容（10 000 个文件，164 MB）；其中 100 % 在页缓存中',
  ],
  [
    { code: 'scattered-pieces', params: { pieces: 5000, mean: 512 } },
    'many small pieces are scattered (5 000 of 512 B on average), and one call sends several of them from mappings',
    '大量小块分散各处（5 000 块，平均 512 B），一次调用即可从映射中发送多块',
  ],
  [
    { code: 'pieces-by-calls', params: { pieces: 5000, mean: 512 } },
    'pieces of one file go in order, one call each (5 000 of 512 B on average), and user space does not need the bytes',
    '一个文件中的多块按顺序发送，每块一次调用（5 000 块，平均 512 B），用户空间无需访问其内容',
  ],
  [
    { code: 'pieces-by-calls', params: { pieces: 5000, mean: 4096 } },
    'pieces of one file go in order, one call each (5 000 of 4.10 kB on average), and user space does not need the bytes',
    '一个文件中的多块按顺序发送，每块一次调用（5 000 块，平均 4.10 kB），用户空间无需访问其内容',
  ],
  [
    { code: 'no-scatter-gather', params: { interface: 'eth0' } },
    'whole files in order; but the interface eth0 has no scatter-gather, so the kernel still copies each byte once and it saves little',
    '整个文件按顺序发送；但网络接口 eth0 不支持分散/聚合（scatter-gather），内核仍会把每个字节拷贝一次，节省有限',
  ],
  [{ code: 'chosen-by-user' }, 'chosen by you', '由您选择'],
  [
    { code: 'encrypted-in-node' },
    'the bytes are encrypted in user space',
    '数据在用户空间加密，必须经过用户空间',
  ],
  [
    { code: 'body-in-node' },
    'the bytes travel in a request body, so they pass through user space',
    '数据放在请求正文中传输，必须经过用户空间',
  ],
  [{ code: 'nothing-better-here' }, 'no technique with fewer copies runs here', '没有拷贝次数更少的技术可用'],
  [
    { code: 'larger-than-memory', params: { bytes: 17 * 1024 ** 3, memory: 16 * 1024 ** 3 } },
    'the transfer is larger than memory (18.3 GB, 17.2 GB), so the page cache would not keep it',
    '传输的数据超过本机内存（18.3 GB，17.2 GB），页缓存留不住',
  ],
  [
    { code: 'larger-than-free-memory', params: { bytes: 17 * 1024 ** 3, memory: 16 * 1024 ** 3 } },
    'the transfer is larger than free memory (18.3 GB, 17.2 GB), so it leaves nothing in the page cache (dontcache)',
    '传输的数据超过空闲内存（18.3 GB，17.2 GB），因此不在页缓存中留下任何页面（dontcache）',
  ],
  [
    { code: 'dontcache-refused', params: { code: 'EOPNOTSUPP', syscall: 'RWF_DONTCACHE' } },
    'RWF_DONTCACHE is not supported by this file system or kernel (EOPNOTSUPP), so the bytes stayed in the page cache',
    '此文件系统或内核不支持 RWF_DONTCACHE（EOPNOTSUPP），因此数据留在了页缓存中',
  ],
  [
    { code: 'copies-more', params: { cpu: 1 } },
    'the CPU would copy each byte more often (1 time)',
    'CPU 拷贝每个字节的次数更多（1 次）',
  ],
]

function plain(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, ' ')
}

for (const [reason, en, zh] of SENTENCES) {
  test(`the words of ${JSON.stringify(reason)}`, () => {
    assert.equal(plain(reasonText(reason, 'en')), en)
    assert.equal(plain(reasonText(reason, 'zh')), zh)
  })
}

const GIB = 1024 ** 3
const file: SourceFacts = {
  files: 1,
  pieces: 1,
  bytes: GIB,
  cachedShare: 1,
  skipsCache: true,
  fileSystem: 'ext4',
}
const SOURCES: readonly (SourceFacts | null)[] = [
  null,
  file,
  { ...file, cachedShare: 0 },
  { ...file, fileSystem: 'tmpfs' },
  { ...file, bytes: 100 * GIB, cachedShare: 0 },
  { ...file, bytes: 100 * GIB, cachedShare: 0, skipsCache: false },
  { ...file, bytes: 7 * GIB, cachedShare: 0 },
  { ...file, files: 1000, pieces: 1000, bytes: 1000 * 100 },
  { ...file, pieces: 5000, bytes: 5000 * 100 },
  { ...file, pieces: 5000, bytes: 5000 * 100_000 },
]
const card = {
  ...{ interfaceName: 'eth0', driver: 'e1000e', scatterGather: true, tso: true, gso: true },
  ...{ tlsOffload: false, mtu: 1500, linkMbps: 1000, virtual: false, sameMachine: false },
}
const ROUTES = [
  null,
  card,
  { ...card, scatterGather: false },
  { ...card, virtual: true },
  { ...card, sameMachine: true },
]
const SUPPORTED = [
  { send: SEND_TECHNIQUES, receive: RECEIVE_TECHNIQUES },
  { send: ['readwrite'], receive: ['readwrite'] },
] as const
const TARGETS = [
  [null, false],
  ['ext4', false],
  ['ext4', true],
  ['tmpfs', false],
] as const

/** The reasons of the plan for each combination of facts. */
function* allReasons(): Generator<Reason> {
  const of = ({ reason, rejected }: { reason: Reason; rejected: readonly { why: Reason }[] }): Reason[] => [
    reason,
    ...rejected.map(({ why }) => why),
  ]
  for (const platform of ['linux', 'darwin', 'win32'])
    for (const conveyance of CONVEYANCES)
      for (const source of SOURCES)
        for (const route of ROUTES)
          for (const supported of SUPPORTED)
            for (const [targetFileSystem, targetSkipsCache] of TARGETS)
              for (const wanted of ['auto', 'readwrite'] as const) {
                const facts: PlanFacts = {
                  ...{ platform, conveyance, source, route, supported, targetFileSystem, targetSkipsCache },
                  ...{ memoryBytes: 8 * GIB, freeMemoryBytes: 6 * GIB },
                }
                yield* of(planSend(facts, wanted))
                yield* of(planReceive(facts, wanted))
              }
  for (const sharesBlocks of [true, false, null])
    for (const oneFileSystem of [true, false, null])
      for (const wanted of ['auto', ...COPY_TECHNIQUES] as const) {
        const choice = planCopy(COPY_TECHNIQUES, wanted, { sharesBlocks, oneFileSystem })
        if (choice !== null) yield* of(choice)
      }
}

/** Reasons that come from what happened in a transfer, not from the plan. */
const NOT_PLANNED: readonly string[] = [
  ...['receiver-encrypts', 'receiver-without-sealing', 'cannot-seal', 'too-many-records'],
  ...['data-port-silent', 'data-port-broke', 'fell-back', 'map-option-unknown-here'],
  ...['map-populate-too-old', 'map-lock-limit', 'map-option-refused', 'dontcache-refused'],
]

test('whatever the facts, each reason has words; together they reach every reason of the catalogue', () => {
  const reached = new Map<string, Reason>()
  for (const reason of allReasons()) {
    const key = JSON.stringify(reason)
    if (reached.has(key)) continue
    reached.set(key, reason)
    for (const language of LANGUAGES) {
      const text = reasonText(reason, language)
      assert.doesNotMatch(text, /[?{}[\]]|undefined|NaN/, key)
      assert.ok(!text.includes(reason.code), `${key}: ${text}`)
    }
  }
  const codes = new Set([...reached.values()].map(({ code }) => code))
  assert.deepEqual([...codes, ...NOT_PLANNED].sort(), Object.keys(catalogue('en').reasons).sort())
})
