import { ensureReady } from '../setup/ensure.mjs'
import { nodeTests, runAll, testsBelow, tool } from './groups.mjs'

/** `npm test`: the checks that need no privileges and little time. Arguments choose groups by name. */
await ensureReady()
const tsc = tool('typescript', 'bin/tsc')
const ofRenderer = testsBelow('test/renderer')
const groups = [
  // The longest first.
  {
    name: 'lint',
    command: [...tool('eslint', 'bin/eslint.js'), '.', '--max-warnings', '0'],
    isStatic: true,
  },
  { name: 'types', command: [...tsc, '-p', 'tsconfig.json'], isStatic: true },
  { name: 'types-window', command: [...tsc, '-p', 'tsconfig.web.json'], isStatic: true },
  {
    name: 'format',
    command: [...tool('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
    isStatic: true,
  },
  {
    name: 'unit',
    ...nodeTests(
      ['contract', 'cli', 'desktop', 'messages', 'build'].flatMap((folder) => testsBelow(`test/${folder}`)),
    ),
  },
  ...(ofRenderer.length > 0
    ? [
        {
          name: 'renderer',
          command: [...tool('vitest', 'vitest.mjs'), 'run', '--config', 'build/bundle/vitest.config.ts'],
          countsTests: true,
        },
      ]
    : []),
  { name: 'native', ...nodeTests(testsBelow('test/native')) },
  { name: 'core', ...nodeTests(testsBelow('test/core')) },
]
await runAll(groups, process.argv.slice(2))
