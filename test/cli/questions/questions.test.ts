// Invariant: questions are asked one at a time and in order. One that is withdrawn while it waits is not asked, and its memory
// is freed, however long the question before it takes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Questions } from '../../../main/cli/terminal/prompt.ts'
import { fc } from '../../support/random.ts'

setFlagsFromString('--expose-gc')
const gc: unknown = runInNewContext('gc')

async function collect(): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await new Promise(setImmediate)
    if (typeof gc === 'function') Reflect.apply(gc, undefined, [])
  }
}

test('one at a time, in their order, without those that were withdrawn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (withdrawn) => {
      const questions = new Questions()
      const asked: number[] = []
      let asking = 0
      let answerFirst: () => void = () => undefined
      const first = questions.next(new AbortController().signal, async () => {
        await new Promise<void>((resolve) => (answerFirst = resolve))
      })
      const signals = withdrawn.map(() => new AbortController())
      const all = signals.map(({ signal }, index) =>
        questions.next(signal, async () => {
          asking += 1
          assert.equal(asking, 1)
          asked.push(index)
          await new Promise(setImmediate)
          asking -= 1
        }),
      )
      for (const [index, goes] of withdrawn.entries()) if (goes) signals[index]?.abort()
      answerFirst()
      await Promise.all([first, ...all])
      assert.deepEqual(
        asked,
        withdrawn.flatMap((goes, index) => (goes ? [] : [index])),
      )
      let number = 0
      await questions.next(new AbortController().signal, (mine) => Promise.resolve(void (number = mine)))
      assert.equal(number, asked.length + 2)
    }),
    { numRuns: 50 },
  )
})

test('work that throws passes the turn on', async () => {
  const questions = new Questions()
  const { signal } = new AbortController()
  const failed = questions.next(signal, () => Promise.reject(new Error('no')))
  const next = questions.next(signal, () => Promise.resolve('asked'))
  await assert.rejects(failed, /no/u)
  assert.equal(await next, 'asked')
})

test('a withdrawn question is not kept while another one waits for its answer', async () => {
  const questions = new Questions()
  let answer: () => void = () => undefined
  const first = questions.next(new AbortController().signal, async () => {
    await new Promise<void>((resolve) => (answer = resolve))
  })
  const offers: WeakRef<object>[] = []
  const withdraw = async (): Promise<void> => {
    const offer = { preview: new Array<number>(1000).fill(0) }
    offers.push(new WeakRef(offer))
    const sender = new AbortController()
    const asked = questions.next(sender.signal, () => Promise.resolve(offer))
    sender.abort()
    assert.equal(await asked, null)
  }
  for (let n = 0; n < 100; n += 1) await withdraw()
  await collect()
  const kept = offers.filter((offer) => offer.deref() !== undefined).length
  assert.ok(kept <= 1, `${kept} of 100 are kept`)
  answer()
  await first
})
