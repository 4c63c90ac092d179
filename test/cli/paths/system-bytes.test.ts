// Invariant: a name that is not UTF-8 never refers to another file or folder: the command rejects it with the reason and
// creates, sends and opens nothing. A name with U+FFFD in valid UTF-8 is an ordinary name.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { escapeBytes } from '../../../main/cli/system-bytes.ts'

const STARTER = fileURLToPath(new URL('../../../build/setup/penstock.mjs', import.meta.url))

let root = ''
before(() => {
  // The starter, because a loader for TypeScript does not start in every folder. The first call builds the program.
  assert.equal(spawnSync(process.execPath, [STARTER, 'help'], { stdio: 'ignore' }).status, 0)
})
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'penstock-bytes-'))
  writeFileSync(join(root, 'file'), 'content')
  // The name that a lossy decoding of the wrong byte would give.
  writeFileSync(join(root, 'caf\ufffd'), 'another')
})
// Node does not remove what it cannot name.
afterEach(() => spawnSync('rm', ['-r', root]))

/** Runs a line of bash in which `penstock` is the command line and `$BAD` a name that is not UTF-8. */
function bash(line: string) {
  const script = `penstock() { '${process.execPath}' '${STARTER}' "$@"; }\nBAD=$'caf\\xe9'\n${line}`
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  return { exit: status, out: stdout, err: stderr }
}

test('bytes are shown as they are', () => {
  assert.equal(escapeBytes(Buffer.from([0x63, 0xe9, 0x0a, 0x5c, 0x1b])), 'c\\xe9\\x0a\\\\\\x1b')
})

if (process.platform === 'linux') {
  const inArguments = [
    'send "$BAD" --to 127.0.0.1:9 --state state',
    'send file "$BAD" --to-folder to --state state',
    'send file --to-folder "$BAD" --state state',
    'send file --to-folder to --state "$BAD"',
    'send -- "$BAD"',
    'receive --port 0 --once --dir "$BAD" --state state',
    'receive --port 0 --once "--dir=$BAD" --state state',
    'receive --port 0 --once --state "$BAD"',
    'receive --pin-file "$BAD" --state state',
    'compare "$BAD" --runs 1',
    'techniques "$BAD"',
    'history --state "$BAD"',
    'send file --to-folder "$(printf "\\355\\240\\200")" --state state',
    'send file --to-folder "$(printf "\\360\\237\\230")" --state state',
  ]
  for (const line of inArguments) {
    test(`an argument: ${line}`, () => {
      const { exit, err } = bash(`penstock ${line}`)
      assert.equal(exit, 2, err)
      assert.match(err, /^penstock: The argument “[^”]*\\x[0-9a-f]{2}[^”]*” is not valid UTF-8/)
      assert.deepEqual(readdirSync(root).sort(), ['caf\ufffd', 'file'])
    })
  }

  test('variables that name folders', () => {
    for (const [line, name] of [
      ['PENSTOCK_STATE="$PWD/$BAD" penstock history', 'PENSTOCK_STATE'],
      ['XDG_STATE_HOME="$PWD/$BAD" penstock history', 'XDG_STATE_HOME'],
      ['unset XDG_STATE_HOME; HOME="$PWD/$BAD" penstock history', 'HOME'],
      ['TMPDIR="$PWD/$BAD" penstock demo', 'TMPDIR'],
      ['TMPDIR="$PWD/$BAD" penstock compare --state state', 'TMPDIR'],
    ] as const) {
      const { exit, err } = bash(`unset PENSTOCK_STATE; ${line}`)
      assert.equal(exit, 2, err)
      assert.match(
        err,
        new RegExp(`^penstock: The environment variable ${name} is not valid UTF-8: “.*caf\\\\xe9”`),
      )
      assert.deepEqual(readdirSync(root).sort(), ['caf\ufffd', 'file'])
    }
    // An unused one has no effect.
    assert.equal(bash('HOME="$PWD/$BAD" PENSTOCK_STATE="$BAD" penstock history --state state').exit, 0)
  })

  test('the current folder, for what is relative to it', () => {
    const inside = (line: string) => bash(`mkdir "$BAD" && cd "$BAD" && echo content >here && { ${line}; }`)
    for (const line of [
      'penstock receive --port 0 --once --state "$OLDPWD/state"',
      'penstock send here --to-folder "$OLDPWD/to" --state "$OLDPWD/state"',
      'penstock send /etc/hostname --to-folder to --state "$OLDPWD/state"',
      'penstock history --state state',
      'PENSTOCK_STATE=state penstock history',
    ]) {
      const { exit, err } = inside(line)
      assert.equal(exit, 2, err)
      assert.match(err, /^penstock: The name of the current folder is not valid UTF-8: “.*caf\\xe9”/)
      assert.deepEqual(readdirSync(root).sort(), ['caf\ufffd', 'caf\ufffd', 'file'])
      rmSync(Buffer.from(`${root}/caf\xe9`, 'latin1'), { recursive: true })
    }
    const { exit } = inside(`penstock send '${root}/file' --to-folder '${root}/to' --state '${root}/state'`)
    assert.equal(exit, 0)
  })

  test('what npm decoded before', () => {
    const { exit, err } = bash(
      `export npm_lifecycle_event=penstock INIT_CWD="$PWD"; penstock send 'caf\ufffd' --to-folder to`,
    )
    assert.equal(exit, 2)
    assert.match(err, /npm may have changed “caf\ufffd”/)
    assert.deepEqual(readdirSync(root).sort(), ['caf\ufffd', 'file'])
  })

  test('U+FFFD in a name is sent like any other character', () => {
    const { exit, err } = bash(`penstock send 'caf\ufffd' --to-folder to --state state`)
    assert.equal(exit, 0, err)
    assert.deepEqual(readdirSync(join(root, 'to')), ['caf\ufffd'])
  })
}
