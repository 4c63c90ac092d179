import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureReady } from '../setup/ensure.mjs'
import { ROOT } from '../setup/paths.mjs'
import { nodeTests, runAll, testsBelow, tool } from './groups.mjs'

/** `npm test`: what needs no privileges and little time. Words after it choose groups by name. */
await ensureReady()
const chosen = process.argv.slice(2)
const tsc = tool('typescript', 'bin/tsc')
const ofRenderer = testsBelow('test/unit/renderer')
const hasWindow = existsSync(join(ROOT, 'renderer', 'index.html'))
const groups = [
  { name: 'types', command: [...tsc, '-p', 'tsconfig.json'] },
  ...(hasWindow ? [{ name: 'types-window', command: [...tsc, '-p', 'tsconfig.web.json'] }] : []),
  { name: 'lint', command: [...tool('eslint', 'bin/eslint.js'), '.', '--max-warnings', '0'] },
  {
    name: 'format',
    command: [...tool('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  },
  { name: 'unit', ...nodeTests(testsBelow('test/unit', (file) => ofRenderer.includes(file))) },
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
const unknown = chosen.filter((name) => !groups.some((group) => group.name === name))
if (unknown.length > 0)
  console.log(
    `No group is called ${unknown.join(', ')}. There are: ${groups.map(({ name }) => name).join(', ')}`,
  )
if (unknown.length > 0) process.exitCode = 2
else await runAll(groups.filter(({ name }) => chosen.length === 0 || chosen.includes(name)))
