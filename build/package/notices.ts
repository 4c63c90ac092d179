import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ROOT, TAKEN_IN } from './paths.mjs'

const namesSchema = z.array(z.string())
const packageSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.string().default('see below'),
})

/** Packages whose style sheets and fonts are bundled, which the bundler does not report as modules. */
const IN_STYLES = ['node_modules/@fontsource-variable/inter', 'node_modules/tailwindcss']

/** Licences and notices of the packages whose code the application contains. */
export function packageNotices(): string {
  const folders = readdirSync(TAKEN_IN).flatMap((file) =>
    namesSchema.parse(JSON.parse(readFileSync(join(TAKEN_IN, file), 'utf8'))),
  )
  const sections = [...new Set([...folders, ...IN_STYLES])].sort().map((folder) => {
    const place = join(ROOT, folder)
    const { name, version, license } = packageSchema.parse(
      JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')),
    )
    const texts = readdirSync(place)
      .filter((file) => /^(?:licen[cs]e|notice|copying)/iu.test(file))
      .sort()
      .map((file) => readFileSync(join(place, file), 'utf8').trim())
    return [`${name} ${version} (${license})`, '', ...texts].join('\n')
  })
  return `${sections.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
