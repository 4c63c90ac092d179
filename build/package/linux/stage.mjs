import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { STAGED } from '../paths.mjs'

/** Lays out what a Linux package has beside the application. */
export async function stage() {
  rmSync(STAGED, { recursive: true, force: true })
  const bin = join(STAGED, 'usr', 'bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync('../../opt/Penstock/bin/penstock', join(bin, 'penstock'))
}
