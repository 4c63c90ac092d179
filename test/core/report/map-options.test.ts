// Invariant: the report states for each option of `mmap` how many windows the system applied it to, and why not the others.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mapOptionsOf } from '../../../main/core/report/map-options.ts'

test('nothing was mapped: there is nothing to report', () => {
  assert.equal(mapOptionsOf({ mapped: { windows: 0, options: [{ option: 'lock', windows: 0 }] } }), null)
})

test('done to all, to some, to none', () => {
  const outcome = mapOptionsOf({
    mapped: {
      windows: 3,
      options: [
        { option: 'sequential', windows: 3 },
        { option: 'willneed', windows: 0, code: 'EOPNOTSUPP', syscall: 'madvise' },
        { option: 'populate', windows: 0, code: 'EINVAL', syscall: 'madvise' },
        { option: 'lock', windows: 2, code: 'ENOMEM', syscall: 'mlock' },
      ],
    },
  })
  assert.deepEqual(
    outcome?.map(({ option, windows, of, why }) => [option, windows, of, why?.code ?? null]),
    [
      ['sequential', 3, 3, null],
      ['willneed', 0, 3, 'map-option-unknown-here'],
      ['populate', 0, 3, 'map-populate-too-old'],
      ['lock', 2, 3, 'map-lock-limit'],
    ],
  )
})

test('another refusal is given with its call and code', () => {
  const refused = { option: 'willneed', windows: 0, code: 'EBADF', syscall: 'madvise' } as const
  const [outcome] = mapOptionsOf({ mapped: { windows: 1, options: [refused] } }) ?? []
  assert.deepEqual(outcome?.why, {
    code: 'map-option-refused',
    params: { code: 'EBADF', syscall: 'madvise' },
  })
})
