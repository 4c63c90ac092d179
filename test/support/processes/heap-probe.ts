// Loaded before a process under test: SIGUSR2 makes it collect garbage and print the bytes that it still uses, as `memory N`.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

process.on('SIGUSR2', () => {
  void (async () => {
    // What is collected in one round can free more in the next: weak references, finalizers, sockets that close.
    for (let round = 0; round < 5; round += 1) {
      if (typeof collect === 'function') Reflect.apply(collect, undefined, [])
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    process.stderr.write(`memory ${heapUsed + arrayBuffers}\n`)
  })()
})
