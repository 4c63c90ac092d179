import { after, before } from 'node:test'
import { type Running, startPair } from './harness.ts'

/** Two applications that the tests of a file share: started before the first test, closed after the last. */
export function sharedPair(): { readonly sender: Running; readonly receiver: Running } {
  let pair: readonly Running[] = []
  before(async () => {
    pair = await startPair()
  })
  after(async () => {
    await Promise.all(pair.map((running) => running.close()))
  })
  const at = (index: number): Running => {
    const running = pair[index]
    if (running === undefined) throw new Error('no application was started')
    return running
  }
  return {
    get sender() {
      return at(0)
    },
    get receiver() {
      return at(1)
    },
  }
}
