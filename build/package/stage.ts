import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { stageLinux } from './linux/stage.ts'
import { packageNotices } from './notices.ts'
import { origin } from './origin.mjs'
import { APP, NOTICES, ROOT } from './paths.mjs'

const packageSchema = z.looseObject({
  name: z.string(),
  productName: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  desktopName: z.string(),
  type: z.string(),
  main: z.string(),
})

const ADDON = 'native/build/Release/penstock.node'
/** The content of app.asar. */
const CONTENT = [
  'out/main',
  'out/preload',
  'out/renderer',
  'assets/icon.png',
  'native/build/Release/penstock.node',
]

/** Stages the application for electron-builder, and what goes beside it. */
function stage(version: string): void {
  const whole = packageSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
  const { name, productName, description, license, desktopName, type, main } = whole
  rmSync(APP, { recursive: true, force: true })
  for (const path of CONTENT) cpSync(join(ROOT, path), join(APP, path), { recursive: true })
  // Source maps and other debugger files stay out.
  const isLinux = process.platform === 'linux'
  if (isLinux) execFileSync('strip', ['--strip-unneeded', join(APP, ADDON)])
  const { homepage, maintainer } = origin()
  const own = { name, productName, version, description, license, homepage, desktopName, type, main }
  mkdirSync(APP, { recursive: true })
  writeFileSync(join(APP, 'package.json'), `${JSON.stringify(own, null, 2)}\n`)
  writeFileSync(NOTICES, packageNotices())
  if (isLinux) stageLinux({ version, homepage, maintainer, at: new Date() })
}

const [version = ''] = process.argv.slice(2)
stage(version)
