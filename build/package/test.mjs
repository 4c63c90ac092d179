import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { nodeTests, testsBelow } from '../checks/groups.mjs'
import { ROOT } from '../setup/paths.mjs'
import { become, step } from '../setup/process.mjs'
import { giveUp } from '../setup/print.mjs'

/** `node build/package/test.mjs`: builds packages of this version and of a later one, then runs the tests that inspect them. */
const place = join(ROOT, 'out', 'package', 'test')
rmSync(place, { recursive: true, force: true })
const builder = join('build', 'package', 'build.mjs')
const build = (name, ...args) =>
  step(process.execPath, [builder, '--closed', '--out', join(place, name), ...args])
if (!build('later', '--set-version', '9.9.9', 'deb')) giveUp('the later package could not be built')
if (!build('this', 'deb', 'rpm', 'tar.gz')) giveUp('the packages could not be built')
const files = testsBelow('test/package')
const [program, ...args] = nodeTests(files, { concurrency: 1, timeoutMs: 400_000 }).command
become(program, args, { cwd: ROOT })
