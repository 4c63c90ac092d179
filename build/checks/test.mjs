import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureReady } from '../setup/ensure.mjs'
import { ROOT } from '../setup/paths.mjs'
import { nodeTests, runAll, testsBelow, tool } from './groups.mjs'

/** `npm test`: what needs no privileges and little time. */
await ensureReady()
const isRenderer = (name) => name.includes('renderer')
const web = existsSync(join(ROOT, 'tsconfig.web.json'))
await runAll([
  { name: 'types', command: [...tool('typescript', 'bin/tsc'), '-p', 'tsconfig.json'] },
  ...(web ? [{ name: 'types of the application', command: [...tool('typescript', 'bin/tsc'), '-p', 'tsconfig.web.json'] }] : []),
  { name: 'lint', command: [...tool('eslint', 'bin/eslint.js'), '.', '--max-warnings', '0'] },
  { name: 'format', command: [...tool('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'unit', ...nodeTests(testsBelow('test/unit', isRenderer)) },
  ...(existsSync(join(ROOT, 'vitest.config.ts'))
    ? [{ name: 'renderer', command: [...tool('vitest', 'vitest.mjs'), 'run'], countsTests: true }]
    : []),
  { name: 'native', ...nodeTests(testsBelow('test/native')) },
  { name: 'core', ...nodeTests(testsBelow('test/core')) },
])
