// Invariant: the manual and the completions list every command and option of the command line, with the text of its help.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { bashCompletion } from '../../../build/package/words/bash.ts'
import { commandsToComplete } from '../../../build/package/words/commands.ts'
import { fishCompletion } from '../../../build/package/words/fish.ts'
import { readHelpPage, termsIn } from '../../../build/package/words/help-page.ts'
import { manPage } from '../../../build/package/words/man-page.ts'
import { zshCompletion } from '../../../build/package/words/zsh.ts'
import { COMMAND_OPTIONS, GLOBAL_OPTIONS } from '../../../main/cli/args/command-options.ts'
import { OPTIONS } from '../../../main/cli/args/options.ts'
import { COMMANDS } from '../../../main/cli/args/words.ts'
import { helpEn } from '../../../main/messages/en/help.ts'

const commands = commandsToComplete()
const scripts = {
  bash: bashCompletion(commands),
  zsh: zshCompletion(commands),
  fish: fishCompletion(commands),
}
let place = ''

before(() => {
  place = mkdtempSync(join(tmpdir(), 'penstock-words-'))
  writeFileSync(join(place, 'penstock.bash'), scripts.bash)
  mkdirSync(join(place, 'a folder'))
  writeFileSync(join(place, 'a file'), '')
})
after(() => {
  rmSync(place, { recursive: true })
})

test('every command has the options that its arguments are checked for', () => {
  assert.deepEqual(
    commands.map(({ name }) => name),
    [...COMMANDS],
  )
  for (const { name, options } of commands) {
    assert.deepEqual(
      options.map((option) => option.name),
      [...COMMAND_OPTIONS[name], ...GLOBAL_OPTIONS],
    )
    for (const option of options) {
      assert.notEqual(option.text, '', option.name)
      assert.equal(option.value.kind === 'none', OPTIONS[option.name] === null, option.name)
    }
  }
})

test('every option is in the completions of every shell', () => {
  for (const [shell, script] of Object.entries(scripts)) {
    for (const name of Object.keys(OPTIONS)) {
      const written = shell === 'fish' ? `-l ${name} ` : `--${name}`
      assert.ok(script.includes(written), `${shell}: ${name}`)
    }
    for (const name of COMMANDS) assert.ok(script.includes(name), `${shell}: ${name}`)
  }
})

test('text of every kind keeps its quotes in the completion for zsh', () => {
  const text = "one's [own] \\ text: 'twice'"
  const script = zshCompletion([
    { name: 'send', text, options: [{ name: 'clear', text, value: { kind: 'none' } }], words: 'none' },
  ])
  // Quotes end alike in both shells, and bash is there wherever the tests run.
  for (const tried of [script, scripts.zsh]) {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: tried, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  }
})

/** What bash completes after these words; the last one is incomplete. */
function offered(...typed: string[]): string[] {
  const words = ['penstock', ...typed].map((word) => `'${word}'`).join(' ')
  const script = `source ./penstock.bash; COMP_WORDS=(${words}); COMP_CWORD=${typed.length}; _penstock 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, status } = spawnSync('bash', ['--norc', '--noprofile', '-c', script], {
    cwd: place,
    encoding: 'utf8',
  })
  assert.equal(status, 0)
  return stdout.split('\n').filter((line) => line !== '')
}

test('bash completes commands, options, values and paths', () => {
  assert.deepEqual(offered('rec'), ['receive'])
  assert.deepEqual(offered(''), [...COMMANDS, '--help', '--version'])
  assert.deepEqual(offered('receive', '--accept', ''), ['ask', 'always', 'all'])
  assert.deepEqual(offered('receive', '--durability', 'c'), ['commit'])
  assert.ok(offered('send', '--technique', '').includes('sendfile'))
  assert.ok(!offered('receive', '--technique', '').includes('sendfile'))
  assert.deepEqual(offered('receive', '--dir', 'a'), ['a folder'])
  assert.deepEqual(offered('send', 'a').sort(), ['a file', 'a folder'])
  assert.deepEqual(offered('help', 'pe'), ['peers'])
  assert.deepEqual(offered('peers', 'a'), [])
  for (const name of COMMANDS) {
    assert.deepEqual(
      offered(name, '--'),
      [...COMMAND_OPTIONS[name], ...GLOBAL_OPTIONS].map((option) => `--${option}`),
    )
  }
})

test('the manual holds every line of the help', () => {
  const manual = manPage({ pages: helpEn, version: '1.2.3', date: '2026-01-02' })
  const plain = manual
    .replaceAll('\\-', '-')
    .replaceAll('\\(lq', '“')
    .replaceAll('\\(rq', '”')
    .replaceAll('\\(cq', '’')
    .replaceAll(/^\\&/gmu, '')
  assert.match(manual, /^\.TH PENSTOCK 1 "2026-01-02" "Penstock 1\.2\.3"/u)
  for (const [name, text] of Object.entries(helpEn)) {
    const page = readHelpPage(text)
    for (const { synopsis, summary } of page.forms) {
      assert.ok(plain.includes(summary), name)
      if (name !== 'overview') assert.ok(plain.includes(`.SS ${synopsis}\n`), synopsis)
    }
    for (const { term, text: explained } of termsIn(page)) {
      assert.ok(plain.includes(`.B ${term}\n${explained}`), term)
    }
    for (const block of page.blocks) {
      if (block.kind === 'text') assert.ok(plain.includes(block.text), block.text)
    }
  }
})

test('a page that is not of the form is not guessed at', () => {
  assert.throws(() => readHelpPage('penstock x\n\n  --y  z'), /FORM – SUMMARY/u)
  assert.throws(() => readHelpPage('penstock x – y\n\n        hanging'), /two spaces and a term/u)
})
