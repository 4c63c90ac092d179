// Invariant: each source in the built command line is an input of its stamp, so that a change of any builds it again.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { ensureCommandLine, INPUTS } from '../../../build/setup/compile/command-line.mjs'
import { ROOT } from '../../../build/setup/paths.mjs'

const mapSchema = z.object({ sources: z.array(z.string()) })

test('every source of the command line is an input', async () => {
  const out = dirname(await ensureCommandLine())
  const maps = readdirSync(out).filter((name) => name.endsWith('.map'))
  const sources = maps.flatMap((name) =>
    mapSchema
      .parse(JSON.parse(readFileSync(join(out, name), 'utf8')))
      .sources.map((source) => relative(ROOT, join(out, source)).split(sep).join('/')),
  )
  const own = sources.filter((source) => !source.startsWith('node_modules/'))
  assert.ok(own.length > 100)
  const isInput = (source: string): boolean =>
    INPUTS.paths.some((path) => source === path || source.startsWith(`${path}/`))
  assert.deepEqual(
    own.filter((source) => !isInput(source)),
    [],
  )
})
