// Invariant: every error and usage error has a sentence in each language, with the same values, and no name from outside can
// break a sentence or a terminal.
import { reasonSchema } from '../../main/contract/technique.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERROR_CODES } from '../../main/contract/errors.ts'
import {
  catalogue,
  explain,
  format,
  languageOfEnvironment,
  languageOfLocale,
  LANGUAGES,
  placeholders,
  reasonText,
  sentence,
  visible,
} from '../../main/messages/index.ts'
import { helpEn } from '../../main/messages/en/help.ts'
import { helpZh } from '../../main/messages/zh/help.ts'
import { fc } from '../support/random.ts'
import { texts } from '../support/texts.ts'

test('both catalogues have the same keys, with the same placeholders, and none is empty', () => {
  const en = texts(catalogue('en'))
  const zh = texts(catalogue('zh'))
  assert.ok(en.size > 200)
  assert.deepEqual([...zh.keys()].sort(), [...en.keys()].sort())
  for (const [key, text] of en) {
    const other = zh.get(key) ?? ''
    assert.notEqual(text.trim(), '', key)
    assert.notEqual(other.trim(), '', key)
    assert.deepEqual(placeholders(other), placeholders(text), key)
  }
})

test('every error has both sentences in both languages, even when nothing more is known', () => {
  for (const language of LANGUAGES) {
    for (const code of ERROR_CODES) {
      const { summary, next } = explain({ code }, language)
      for (const part of [summary, next]) {
        assert.match(part, language === 'en' ? /^[A-Z].*\.$/s : /。$/, code)
        assert.doesNotMatch(part, /[{}[\]?]/, `${code}: ${part}`)
        assert.doesNotMatch(part, /undefined|NaN/, code)
      }
    }
  }
})

test('known values are in the sentence', () => {
  assert.equal(
    sentence({ code: 'not-readable', params: { path: '/a/b', errno: 'EACCES' } }, 'en'),
    'This cannot be read: /a/b (EACCES). Check its permissions, then send it again.',
  )
  assert.equal(
    explain({ code: 'disk-full', params: { needed: 2e9, free: 1e6 } }, 'en').summary.replaceAll(
      '\u00a0',
      ' ',
    ),
    'The receiver’s disk is full: 2.00 GB needed, 1.00 MB free.',
  )
  assert.match(sentence({ code: 'peer-not-found', params: { to: '小明' } }, 'zh'), /“小明”/)
})

test('a link-local address of no interface here is told from a device that is off', () => {
  const at = (host: string, errno: string) =>
    explain({ code: 'peer-unreachable', params: { host, port: 53317, errno } }, 'en').summary
  assert.match(at('fe80::1%wlan9', 'EINVAL'), /^No network interface .* fe80::1%wlan9\.$/u)
  assert.match(at('FE80::1', 'EINVAL'), /^No network interface/u)
  assert.match(at('fe80::1%eth0', 'EHOSTUNREACH'), /does not answer/u)
  assert.match(at('192.0.2.1', 'EINVAL'), /does not answer/u)
})

test('a usage error names the mistake and where to read more', () => {
  const problem = {
    code: 'usage',
    params: { why: 'option-unknown', option: '--colour', about: 'send' },
  } as const
  assert.equal(sentence(problem, 'en'), 'There is no option --colour. See “penstock help send”.')
  assert.equal(
    sentence({ code: 'usage', params: { why: 'no-such-key' } }, 'en').startsWith('The command was not'),
    true,
  )
})

test('reasons', () => {
  assert.equal(
    reasonText({ code: 'not-supported-here', params: { platform: 'win32' } }, 'en'),
    'not supported here on win32',
  )
  // An unknown code does not pass the schema; neither does a name of Object.prototype.
  for (const code of ['of-tomorrow', 'constructor']) assert.ok(!reasonSchema.safeParse({ code }).success)
})

test('templates: counts, units, optional parts', () => {
  assert.equal(format('{n#file|files}', { n: 1 }, 'en'), '1 file')
  assert.equal(format('{n#file|files}', { n: 0 }, 'en'), '0 files')
  assert.equal(format('{n#个文件}', { n: 3 }, 'zh'), '3 个文件')
  assert.equal(format('a[ ({x}, {y})]b', { x: 1 }, 'en'), 'ab')
  assert.equal(format('a[ ({x}, {y})]b', { x: 1, y: 2 }, 'en'), 'a (1, 2)b')
  assert.equal(format('{x}', {}, 'en'), '?')
})

test('a value is never read as a template and never reaches a terminal as a control sequence', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const shown = format('<{name}>', { name, x: 'filled' }, 'en')
      assert.doesNotMatch(shown, /\p{Cc}/u)
      assert.equal(shown, `<${visible(name)}>`)
    }),
  )
  assert.equal(format('{name}', { name: '[{x}]$&', x: 'no' }, 'en'), '[{x}]$&')
  assert.equal(format('{name}', { name: '\u001b[2J' }, 'en'), '␛[2J')
})

test('the language of a terminal', () => {
  assert.equal(languageOfEnvironment({ LANG: 'zh_CN.UTF-8' }), 'zh')
  assert.equal(languageOfEnvironment({ LC_ALL: 'en_GB.UTF-8', LANG: 'zh_CN.UTF-8' }), 'en')
  assert.equal(languageOfEnvironment({ LC_ALL: '', LC_MESSAGES: 'zh_TW', LANG: 'C' }), 'zh')
  assert.equal(languageOfEnvironment({}), 'en')
  assert.equal(languageOfLocale('zha'), 'en')
})

test('every page of help names the same options in both languages', () => {
  const options = (page: string): string[] => [...new Set(page.match(/--[a-z-]+/g) ?? [])].sort()
  const zh = texts(helpZh)
  for (const [key, page] of texts(helpEn)) {
    assert.deepEqual(options(zh.get(key) ?? ''), options(page), key)
    for (const line of page.split('\n')) assert.ok(line.length <= 110, line)
  }
})
