// Invariant: a command line is parsed exactly, or rejected with the sentence for its mistake and exit code 2.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COMMAND_OPTIONS } from '../../main/cli/args/command-options.ts'
import { parse, isJson } from '../../main/cli/args/parse.ts'
import { COMMANDS } from '../../main/cli/args/words.ts'
import { exitOfProblem } from '../../main/cli/exit.ts'
import { PenstockError } from '../../main/contract/errors.ts'
import { isSealing, RECEIVE_TECHNIQUES, SEND_TECHNIQUES } from '../../main/contract/technique.ts'
import { sentence } from '../../main/messages/index.ts'
import { helpEn } from '../../main/messages/en/help.ts'

/** Splits at spaces; `·` is a space within an argument, `∅` an empty argument. */
const argv = (line: string): string[] =>
  line
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => word.replaceAll('·', ' ').replace('∅', ''))

function wrong(line: string): string {
  try {
    parse(argv(line))
  } catch (error) {
    assert.ok(error instanceof PenstockError, line)
    assert.equal(error.code, 'usage')
    assert.equal(exitOfProblem(error), 2)
    return sentence(error, 'en')
  }
  return assert.fail(`understood: ${line}`)
}

const WRONG: readonly (readonly [string, string])[] = [
  ['', 'A command is required. See “penstock help”.'],
  ['recieve', 'There is no command “recieve”. See “penstock help”.'],
  ['constructor', 'There is no command “constructor”. See “penstock help”.'],
  ['send a --colour', 'There is no option --colour. See “penstock help”.'],
  ['send a -x', 'There is no option -x. See “penstock help”.'],
  ['send a --constructor', 'There is no option --constructor. See “penstock help”.'],
  ['send a --to h --no-clear', 'There is no option --no-clear. See “penstock help”.'],
  ['peers --once', '--once is not an option of “penstock peers”. See “penstock help peers”.'],
  ['receive --streams 2', '--streams is not an option of “penstock receive”. See “penstock help receive”.'],
  ['receive --port', '--port needs a value: --port N. See “penstock help”.'],
  ['receive --pin --pin-file f', '--pin and --pin-file are mutually exclusive. See “penstock help receive”.'],
  ['receive --pin-file --once', '--pin-file needs a value: --pin-file FILE. See “penstock help”.'],
  ['compare --pin', '--pin needs --to: the local receiver has no PIN. See “penstock help compare”.'],
  [
    'send a --to-folder b --pin-file f',
    '--pin-file cannot be used with --to-folder: nothing is sent over the network. See “penstock help send”.',
  ],
  ['receive --once=yes', '--once takes no value. See “penstock help”.'],
  ['send a --to x --to y', '--to was given twice, but takes one value. See “penstock help”.'],
  ['receive --port 1 --port=1', '--port was given twice, but takes one value. See “penstock help”.'],
  [
    'receive --alias ··',
    '--alias is a name of 1 to 64 characters without blanks around it, but “‹␣×2›” was given. See “penstock help”.',
  ],
  [
    `peers --alias ${'x'.repeat(65)}`,
    `--alias is a name of 1 to 64 characters without blanks around it, but “${'x'.repeat(65)}” was given. See “penstock help”.`,
  ],
  [
    'send a --to 1.2.3.4:99999',
    '“1.2.3.4:99999” is not an address. Write HOST or HOST:PORT, IPv6 addresses in brackets, with a port from 1 to 65535. See “penstock help send”.',
  ],
  [
    'techniques --to [10.0.0.2]:53317',
    '“[10.0.0.2]:53317” is not an address. Write HOST or HOST:PORT, IPv6 addresses in brackets, with a port from 1 to 65535. See “penstock help techniques”.',
  ],
  ['receive --alias ∅', '--alias must not be empty. See “penstock help”.'],
  [
    'receive --port 65536',
    '--port is a whole number from 0 to 65535, but “65536” was given. See “penstock help receive”.',
  ],
  [
    'receive --port 80x',
    '--port is a whole number from 0 to 65535, but “80x” was given. See “penstock help receive”.',
  ],
  [
    'receive --port 1e3',
    '--port is a whole number from 0 to 65535, but “1e3” was given. See “penstock help receive”.',
  ],
  [
    'receive --data-port=-1',
    '--data-port is a whole number from 0 to 65535, but “-1” was given. See “penstock help receive”.',
  ],
  [
    'receive --accept yes',
    '--accept is one of ask, always, all, but “yes” was given. See “penstock help receive”.',
  ],
  [
    'receive --durability fsync',
    '--durability is one of os, everysec, commit, through, but “fsync” was given. See “penstock help receive”.',
  ],
  ['receive --check true', '--check is one of on, off, but “true” was given. See “penstock help receive”.'],
  [
    'receive --on-conflict ask',
    '--on-conflict is one of keep-both, replace, skip, newer, but “ask” was given. See “penstock help receive”.',
  ],
  ['receive somewhere', '“penstock receive” does not take “somewhere”. See “penstock help receive”.'],
  [
    'receive --clear --technique sendfile',
    '“penstock receive” has no technique “sendfile”. Choose one of auto, readwrite, mmap, splice, direct, unseal, ktls. See “penstock help receive”.',
  ],
  [
    'receive --technique splice',
    'The technique “splice” carries unencrypted transfers only. Omit --technique to use the best one that encrypts, or add --clear. See “penstock help receive”.',
  ],
  [
    'send a --to-folder b --to h',
    '--to cannot be used with --to-folder: nothing is sent over the network. See “penstock help send”.',
  ],
  [
    'send a --to-folder b --clear',
    '--clear cannot be used with --to-folder: nothing is sent over the network. See “penstock help send”.',
  ],
  [
    'send a --to-folder b --technique sendfile',
    '“penstock send --to-folder” has no technique “sendfile”. Choose one of auto, clone, copyrange, copyfile, readwrite. See “penstock help send”.',
  ],
  [
    'send a --to h --on-conflict skip',
    '--on-conflict applies only to --to-folder; a receiver has its own setting. See “penstock help send”.',
  ],
  ['send --to-folder b', 'At least one file or folder is required. See “penstock help send”.'],
  ['send', 'At least one file or folder is required. See “penstock help send”.'],
  ['send --to h', 'At least one file or folder is required. See “penstock help send”.'],
  ['send ∅ --to h', 'PATH must not be empty. See “penstock help send”.'],
  [
    'send a --streams 0',
    '--streams is a whole number from 1 to 16, but “0” was given. See “penstock help send”.',
  ],
  [
    'send a --streams 17',
    '--streams is a whole number from 1 to 16, but “17” was given. See “penstock help send”.',
  ],
  [
    'send a --buffer 4095',
    '--buffer is a size from 4k to 16M such as 64k or 1M, but “4095” was given. See “penstock help send”.',
  ],
  [
    'send a --buffer 17M',
    '--buffer is a size from 4k to 16M such as 64k or 1M, but “17M” was given. See “penstock help send”.',
  ],
  [
    'send a --buffer 1G',
    '--buffer is a size from 4k to 16M such as 64k or 1M, but “1G” was given. See “penstock help send”.',
  ],
  [
    'send a --technique teleport',
    '“penstock send” has no technique “teleport”. Choose one of auto, readwrite, mmap, gather, sendfile, transmitfile, splice, direct, zerocopy, seal, ktls. See “penstock help send”.',
  ],
  [
    'send a --clear --technique mmap --mmap populate,all',
    '--mmap is one of sequential, willneed, populate, lock, none, but “all” was given. See “penstock help send”.',
  ],
  [
    'send a --clear --technique sendfile --mmap lock',
    '--mmap configures the technique mmap: it needs --technique mmap. See “penstock help send”.',
  ],
  [
    'send a --to-folder b --mmap lock',
    '--mmap cannot be used with --to-folder: nothing is sent over the network. See “penstock help send”.',
  ],
  [
    'send a --clear --technique splice --dontcache',
    '--dontcache is an option of the technique readwrite: it needs --technique readwrite or none. See “penstock help send”.',
  ],
  [
    `receive --link --only ${'ab'.repeat(32)}`,
    '--link and --only exclude each other: a browser has no fingerprint. See “penstock help receive”.',
  ],
  ['share', 'At least one file or folder is required. See “penstock help share”.'],
  [
    'share a --for 0',
    '--for is a number of seconds from 1 to 31536000, but “0” was given. See “penstock help share”.',
  ],
  [
    'receive --dontcache',
    'The technique “readwrite” carries unencrypted transfers only. Omit --technique to use the best one that encrypts, or add --clear. See “penstock help receive”.',
  ],
  [
    'compare --preset durability --to 10.0.0.2',
    '--preset durability cannot be used with --to: it starts receivers of each durability on this machine. See “penstock help compare”.',
  ],
  [
    'send a --technique sendfile',
    'The technique “sendfile” carries unencrypted transfers only. Omit --technique to use the best one that encrypts, or add --clear. See “penstock help send”.',
  ],
  [
    'peers --for 0',
    '--for is a number of seconds from 0.1 to 3600, but “0” was given. See “penstock help peers”.',
  ],
  [
    'peers --for soon',
    '--for is a number of seconds from 0.1 to 3600, but “soon” was given. See “penstock help peers”.',
  ],
  [
    'techniques a --to b --to-folder c',
    '--to cannot be used with --to-folder: nothing is sent over the network. See “penstock help techniques”.',
  ],
  ['techniques a b', '“penstock techniques” does not take “b”. See “penstock help techniques”.'],
  [
    'receive --only abcd',
    '--only is a whole fingerprint, 64 hexadecimal digits as the other device shows them, but “abcd” was given. See “penstock help receive”.',
  ],
  ['demo now', '“penstock demo” does not take “now”. See “penstock help demo”.'],
  [
    'history --limit 0',
    '--limit is a whole number from 1 to 100000, but “0” was given. See “penstock help history”.',
  ],
  ['help nothing', 'There is no command “nothing”. See “penstock help help”.'],
]

test('each wrong use has its sentence and exit code 2', () => {
  for (const [line, text] of WRONG) assert.equal(wrong(line), text, line)
})

test('a PIN among the arguments is refused with the ways that exist, and is not repeated', () => {
  for (const line of [
    'receive --pin 71234',
    'receive --pin=71234',
    'receive --pin= --once',
    'receive --pin71234',
    'receive --pin:71234',
    'receive --pin -71234',
    'receive --pin --71234',
    'receive --once --pin 71234 --port x',
    'send a --to b --pin 71234',
    'send --pin 71234 a --to b',
    'send --to b --pin 71234',
    'send a --pin=71234 --to b',
    'compare --to b --pin 71234',
    '--pin 71234 receive',
    '--pin receive 71234 --pin 71234',
  ]) {
    const text = wrong(line)
    assert.match(text, /^A PIN cannot be an argument.*--pin prompts .*--pin-file FILE .*PENSTOCK_PIN/, line)
    assert.doesNotMatch(text, /71234/, line)
  }
  const { args } = parse(argv('--pin receive --once'))
  assert.ok(args.command === 'receive')
  assert.deepEqual(args.pin, { from: 'terminal' })
})

test('receive: defaults and every option', () => {
  assert.deepEqual(parse(['receive']), {
    global: { json: false, state: null, alias: null },
    args: {
      command: 'receive',
      dir: '.',
      port: 'default',
      dataPort: 'next',
      only: null,
      loopback: false,
      accept: 'ask',
      pin: { from: 'environment' },
      once: false,
      link: false,
      hidden: false,
      clear: false,
      technique: 'auto',
      bufferBytes: 1024 * 1024,
      durability: 'commit',
      check: true,
      onConflict: 'keep-both',
    },
  })
  const line =
    '--json receive --dir /d·d --port 0 --data-port 99 --only ' +
    'ABCD:'.repeat(15) +
    'abcd --loopback --accept all --pin-file p --once --hidden --clear --technique splice ' +
    '--buffer 64k --durability os --check off --on-conflict newer --state s --alias 我的'
  assert.deepEqual(parse(argv(line)), {
    global: { json: true, state: 's', alias: '我的' },
    args: {
      command: 'receive',
      dir: '/d d',
      port: 0,
      dataPort: 99,
      only: 'abcd'.repeat(16),
      loopback: true,
      accept: 'all',
      pin: { from: 'file', path: 'p' },
      once: true,
      link: false,
      hidden: true,
      clear: true,
      technique: 'splice',
      bufferBytes: 65536,
      durability: 'os',
      check: false,
      onConflict: 'newer',
    },
  })
})

test('share: defaults and every option', () => {
  assert.deepEqual(parse(argv('share a')).args, {
    command: 'share',
    paths: ['a'],
    exclude: [],
    loopback: false,
    port: 'default',
    secure: true,
    seconds: null,
    pin: { from: 'environment' },
  })
  const line = 'share a --for 60 b --clear --port 0 --loopback --pin-file p --exclude *.tmp -- -c'
  assert.deepEqual(parse(argv(line)).args, {
    command: 'share',
    paths: ['a', 'b', '-c'],
    exclude: ['*.tmp'],
    loopback: true,
    port: 0,
    secure: false,
    seconds: 60,
    pin: { from: 'file', path: 'p' },
  })
})

test('receive --link lets browsers send', () => {
  const { args } = parse(argv('receive --link'))
  assert.ok(args.command === 'receive' && args.link)
})

test('send: defaults and every option', () => {
  assert.deepEqual(parse(argv('send a')).args, {
    command: 'send',
    paths: ['a'],
    exclude: [],
    to: null,
    security: 'encrypted',
    technique: 'auto',
    mapOptions: null,
    streams: 'auto',
    bufferBytes: 1024 * 1024,
    check: true,
    pin: { from: 'environment' },
  })
  const line =
    '--state s send a --exclude *.tmp --to [::1]:5 b --exclude=build/** --clear --technique mmap --mmap lock,sequential --streams 16 --buffer 16M --check off --pin -- -c --json'
  const { args, global } = parse(argv(line))
  assert.deepEqual(args, {
    command: 'send',
    paths: ['a', 'b', '-c', '--json'],
    exclude: ['*.tmp', 'build/**'],
    to: '[::1]:5',
    security: 'clear',
    technique: 'mmap',
    mapOptions: ['lock', 'sequential'],
    streams: 16,
    bufferBytes: 16 * 1024 * 1024,
    check: false,
    pin: { from: 'terminal' },
  })
  assert.equal(global.json, false)
})

test('mmap without any of its options', () => {
  const { args } = parse(argv('send a --clear --technique mmap --mmap none'))
  assert.ok(args.command === 'send')
  assert.deepEqual(args.mapOptions, [])
})

test('dontcache is an option of readwrite, which it chooses', () => {
  for (const line of ['send a --clear --dontcache', 'receive --clear --technique readwrite --dontcache']) {
    const { args } = parse(argv(line))
    assert.ok(args.command === 'send' || args.command === 'receive')
    assert.deepEqual([args.technique, args.dontcache], ['readwrite', true])
  }
})

test('sizes', () => {
  for (const [text, bytes] of [
    ['4096', 4096],
    ['4k', 4096],
    ['4K', 4096],
    ['4KiB', 4096],
    ['1M', 1048576],
    ['1mb', 1048576],
  ] as const) {
    const { args } = parse(['send', 'a', '--buffer', text])
    assert.ok(args.command === 'send')
    assert.equal(args.bufferBytes, bytes)
  }
})

for (const [command, all] of [
  ['send a', SEND_TECHNIQUES],
  ['receive', RECEIVE_TECHNIQUES],
] as const) {
  for (const technique of all) {
    for (const clear of ['', ' --clear']) {
      // A receiver with --clear takes encrypted transfers as well.
      const isTaken = clear === '' ? isSealing(technique) : command === 'receive' || !isSealing(technique)
      const line = `${command}${clear} --technique ${technique}`
      test(`${line} ${isTaken ? 'is understood' : 'is wrong use'}`, () => {
        if (isTaken) {
          const { args } = parse(argv(line))
          assert.equal('technique' in args && args.technique, technique)
        } else {
          const advice =
            clear === ''
              ? /carries unencrypted transfers only\. Omit --technique .*, or add --clear\./
              : /--clear turns encryption off\. Omit --clear/
          assert.match(wrong(line), advice)
          assert.ok(wrong(line).includes(`“${technique}”`))
        }
      })
    }
  }
}

test('help and version come before everything else', () => {
  assert.deepEqual(parse(argv('--help')).args, { command: 'help', about: null })
  assert.deepEqual(parse(argv('send --help')).args, { command: 'help', about: 'send' })
  assert.deepEqual(parse(argv('receive -h --port 99999')).args, { command: 'help', about: 'receive' })
  assert.deepEqual(parse(argv('help peers')).args, { command: 'help', about: 'peers' })
  assert.deepEqual(parse(argv('--version')).args, { command: 'version' })
})

test('--json is seen even where the rest is wrong', () => {
  assert.equal(isJson(argv('nonsense --json')), true)
  assert.equal(isJson(argv('send -- --json')), false)
})

test('the help of a command names exactly its options', () => {
  for (const command of COMMANDS) {
    const named = new Set(helpEn[command].match(/(?<=--)[a-z-]*[a-z]/g))
    named.delete('json')
    assert.deepEqual([...named].sort(), [...COMMAND_OPTIONS[command]].sort(), command)
  }
})

test('a copy to a folder has defaults of its own', () => {
  const { args } = parse([
    'send',
    'a',
    'b',
    '--to-folder',
    'c',
    '--technique',
    'clone',
    '--on-conflict',
    'newer',
    '--exclude',
    'x/',
  ])
  assert.deepEqual(args, {
    command: 'copy',
    paths: ['a', 'b'],
    exclude: ['x/'],
    dir: 'c',
    technique: 'clone',
    durability: 'commit',
    onConflict: 'newer',
  })
})
