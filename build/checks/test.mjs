import { join } from 'node:path'
import { ensureReady } from '../setup/ensure.mjs'
import { CACHE } from '../setup/paths.mjs'
import { nodeTests, runAll, testsBelow, tool } from './groups.mjs'

/** `npm test`: the checks that need no privileges and little time. Arguments choose groups by name. */
await ensureReady()
/** Results of earlier runs by the content of the files: a file that has not changed is not checked again. */
const CHECKED = join(CACHE, 'checks')
const types = (project) => [
  ...tool('typescript', 'bin/tsc'),
  ...['-p', project, '--incremental', '--tsBuildInfoFile', join(CHECKED, `${project}.buildinfo`)],
]
const formatted = ['--check', '--log-level', 'warn', '--cache', '--cache-strategy', 'content']
const ofRenderer = testsBelow('test/renderer')
const groups = [
  // The longest first.
  {
    name: 'lint',
    command: [...tool('eslint', 'bin/eslint.js'), '.', '--max-warnings', '0'],
    isStatic: true,
  },
  { name: 'types', command: types('tsconfig.json'), isStatic: true },
  { name: 'types-window', command: types('tsconfig.web.json'), isStatic: true },
  {
    name: 'format',
    command: [
      ...tool('prettier', 'bin/prettier.cjs'),
      ...formatted,
      ...['--cache-location', join(CHECKED, 'prettier'), '.'],
    ],
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
  { name: 'core', ...nodeTests(['core', 'security'].flatMap((folder) => testsBelow(`test/${folder}`))) },
]
await runAll(groups, process.argv.slice(2))
