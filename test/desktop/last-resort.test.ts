// Invariant: every thrown value is logged as far as possible and reported to the user, even if reporting fails, and the
// handler itself never throws.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LastResort } from '../../main/desktop/last-resort.ts'

function handler(broken: readonly ('log' | 'print' | 'changed')[] = []) {
  const logged: string[] = []
  const printed: string[] = []
  const shown: boolean[] = []
  const clock = { now: 0 }
  const fail = (name: (typeof broken)[number]): void => {
    if (broken.includes(name)) throw new Error(`${name} is broken`)
  }
  const one = new LastResort({
    log: (text) => {
      fail('log')
      logged.push(text)
    },
    print: (text) => {
      fail('print')
      printed.push(text)
    },
    changed: (trouble) => {
      fail('changed')
      shown.push(trouble)
    },
    now: () => clock.now,
  })
  return { one, logged, printed, shown, clock }
}

test('an error is logged and printed with its stack and its causes, and shown until dismissed', () => {
  const { one, logged, printed, shown } = handler()
  one.take('uncaughtException', new TypeError('outer', { cause: new Error('inner') }))
  assert.match(
    logged[0] ?? '',
    /^uncaughtException: TypeError: outer\n\s+at .*last-resort\.test[^]*caused by Error: inner\n\s+at /,
  )
  assert.deepEqual(printed, [`${logged[0]}\n`])
  assert.equal(one.trouble, true)
  one.dismiss()
  assert.equal(one.trouble, false)
  assert.deepEqual(shown, [true, false])
})

const own = new Error('its own cause')
own.cause = own
const hostile = {
  toString: () => {
    throw new Error('no text')
  },
}
const stackless = new Error('short')
Object.defineProperty(stackless, 'stack', {
  get: () => {
    throw new Error('no stack')
  },
})
for (const [name, value] of [
  ['undefined', undefined],
  ['null', null],
  ['a string', 'plain'],
  ['a symbol', Symbol('s')],
  ['an object without a prototype', Object.create(null)],
  ['an object whose text throws', hostile],
  ['an error whose stack throws', stackless],
  ['an error that is its own cause', own],
] as const) {
  test(`thrown: ${name}`, () => {
    const { one, logged, shown } = handler()
    one.take('unhandledRejection', value)
    assert.equal(logged.length, 1)
    assert.ok((logged[0] ?? '').length < 20_000)
    assert.deepEqual(shown, [true])
  })
}

test('a part of the reporting that fails does not keep the others from it', () => {
  for (const broken of ['log', 'print', 'changed'] as const) {
    const { one, logged, printed, shown } = handler([broken])
    one.take('uncaughtException', new Error('x'))
    assert.deepEqual(
      [logged.length, printed.length, shown.length],
      (['log', 'print', 'changed'] as const).map((part) => (part === broken ? 0 : 1)),
    )
    assert.equal(one.trouble, true)
  }
  assert.doesNotThrow(() => handler(['log', 'print', 'changed']).one.take('uncaughtException', hostile))
})

test('a page that ended is loaded again, at most three times in a minute', () => {
  const { one, logged, clock } = handler()
  const ends = () => one.pageGone('crashed')
  assert.deepEqual([ends(), ends(), ends(), ends()], [true, true, true, false])
  clock.now = 60_000
  assert.deepEqual([ends(), ends(), ends(), ends()], [true, true, true, false])
  assert.equal(logged.length, 8)
  assert.match(logged[0] ?? '', /crashed/)
})
