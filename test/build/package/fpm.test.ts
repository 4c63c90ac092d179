// Invariant: the stand-in for fpm accepts exactly the arguments that electron-builder passes, and fails for any other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { understand } from '../../../build/package/linux/fpm-arguments.mjs'

const SAID = [
  ...['-s', 'dir', '--force', '-t', 'deb', '-d', 'libc6', '-d', 'a | b', '--deb-recommends', 'c'],
  ...['--deb-compression', 'gz', '--architecture', 'amd64', '--after-install', '/i', '--after-remove', '/r'],
  ...[
    '--description',
    'Short\n Longer text.',
    '--version',
    '1.2.3',
    '--package',
    '/out/x.deb',
    '--name',
    'x',
  ],
  ...[
    '--maintainer',
    'A <a@b>',
    '--vendor',
    'V',
    '--url',
    'https://x',
    '--category',
    'net',
    '--license',
    'MIT',
  ],
  ...['--deb-priority', 'optional', '/a=b/=/opt/X', '/icon.png=/usr/share/icon.png'],
]

test('the arguments of electron-builder are parsed', () => {
  const wanted = understand(SAID)
  assert.deepEqual(wanted.depends, ['libc6', 'a | b'])
  assert.deepEqual(wanted.recommends, ['c'])
  assert.deepEqual([wanted.summary, wanted.text], ['Short', ' Longer text.'])
  assert.deepEqual(wanted.copies, [
    { from: '/a=b/', to: '/opt/X' },
    { from: '/icon.png', to: '/usr/share/icon.png' },
  ])
  assert.deepEqual([wanted.type, wanted.version, wanted.target], ['deb', '1.2.3', '/out/x.deb'])
})

test('what is not known ends it', () => {
  assert.throws(() => understand([...SAID, '--deb-systemd', 'x']))
  assert.throws(() => understand([...SAID, 'nowhere']), /FROM=TO/u)
  assert.throws(() => understand(SAID.filter((word) => word !== '--url' && word !== 'https://x')), /--url/u)
})
