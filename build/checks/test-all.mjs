import { ensureElectron } from '../setup/electron.mjs'
import { ensureReady } from '../setup/ensure.mjs'
import { nodeTests, runAll, testsBelow } from './groups.mjs'

/** `npm run test:all`: what needs root, more time, or an Electron; `npm test` has the rest. */
await ensureReady()
const electron = await ensureElectron({ display: true })
const sanitizers = ['asan', 'tsan'].map((kind) => ({
  name: `engine under ${kind}`,
  command: ['bash', 'native/driver/run.sh', kind],
}))
const inElectron =
  electron === null
    ? { name: 'native in Electron', command: ['echo', 'NOT RUN: no Electron can be had here'] }
    : {
        name: 'native in Electron',
        ...nodeTests(testsBelow('test/native'), { node: electron, env: { ELECTRON_RUN_AS_NODE: '1' } }),
      }
const windows = testsBelow('test/e2e')
await runAll([
  ...sanitizers,
  { name: 'interop', ...nodeTests(testsBelow('test/interop'), { concurrency: 1 }) },
  { name: 'faults', ...nodeTests(testsBelow('test/faults'), { concurrency: 1, timeoutMs: 600_000 }) },
  inElectron,
  ...(windows.length === 0 || electron === null
    ? []
    : [
        { name: 'windows', ...nodeTests(windows, { concurrency: 1, env: { ELECTRON_EXEC_PATH: electron } }) },
      ]),
])
