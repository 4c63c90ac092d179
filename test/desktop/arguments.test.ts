// Invariant: arguments after "--" belong to the command line only; paths given to the application reach the window once and
// absolute, whether it is already open or not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandLineWords, openedBy } from '../../main/desktop/arguments.ts'
import { OpenedQueue } from '../../main/desktop/opened.ts'
import type { Opened } from '../../main/contract/ipc.ts'

const HEADLESS = ['/opt/Penstock/penstock', '--cli', '--ozone-platform=headless', '--disable-gpu']

test('words after "--" are the command line’s, whatever they look like', () => {
  assert.deepEqual(commandLineWords([...HEADLESS, '--', 'send', '--no-sandbox', '--', '-x']), [
    'send',
    '--no-sandbox',
    '--',
    '-x',
  ])
  assert.deepEqual(commandLineWords([...HEADLESS, '--']), [])
  assert.deepEqual(commandLineWords(HEADLESS), [])
})

test('without the switch the window is meant, also where a file is called as the switch is', () => {
  assert.equal(commandLineWords(['/opt/Penstock/penstock', 'file']), null)
  assert.equal(commandLineWords(['/opt/Penstock/penstock', '--', '--cli']), null)
})

test('paths are taken from the folder they were typed in, addresses of files as paths', () => {
  const argv = [
    'penstock',
    '--no-sandbox',
    'a b',
    'file:///tmp/%E5%90%8D',
    '/x',
    'file://host/y',
    '--',
    '-dash',
    '',
  ]
  assert.deepEqual(openedBy(argv, '/home/ana', null), {
    paths: ['/home/ana/a b', '/tmp/名', '/x', '/home/ana/-dash'],
    page: null,
  })
  assert.deepEqual(openedBy(['electron', '-r', 'loader.js', '.', 'a'], '/w', '/w').paths, ['/w/a'])
})

test('a page is one that exists', () => {
  assert.equal(openedBy(['penstock', '--page=settings'], '/', null).page, 'settings')
  assert.equal(openedBy(['penstock', '--page=nothing'], '/', null).page, null)
})

test('what is opened before there is a window waits for it, and is delivered once', () => {
  const delivered: Opened[] = []
  const queue = new OpenedQueue((opened) => delivered.push(opened))
  queue.add({ paths: ['/a'], page: null })
  queue.add({ paths: ['/b'], page: 'settings' })
  queue.add({ paths: [], page: null })
  assert.deepEqual(delivered, [])
  assert.deepEqual(queue.take(), { paths: ['/a', '/b'], page: 'settings' })
  queue.add({ paths: ['/c'], page: null })
  queue.add({ paths: [], page: null })
  assert.deepEqual(delivered, [{ paths: ['/c'], page: null }])
  queue.windowGone()
  queue.add({ paths: ['/d'], page: null })
  assert.equal(delivered.length, 1)
  assert.deepEqual(queue.take(), { paths: ['/d'], page: null })
})
