import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** A new folder with these files, removed after the tests of the file or suite that calls it. */
export function temporaryFolder(name: string, files: Readonly<Record<string, string | Buffer>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), `penstock-${name}-`))
  after(() => rmSync(path, { recursive: true, force: true }))
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content)
  return path
}
