// Invariant: whatever characters names have, a page contains them as text only: no tag, attribute or script comes from outside.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { html } from '../../main/pages/html.ts'
import { pages } from '../../main/pages/index.ts'
import { LINK_TROUBLES, type SharePage } from '../../main/contract/link.ts'
import { fc } from '../support/random.ts'

const page = (alias: string, path: string): SharePage => ({
  alias,
  totals: { files: 1, directories: 0, symlinks: 0, bytes: 1 },
  files: [{ path, size: 1, href: `files/0/${encodeURIComponent(path.replaceAll('/', '_'))}` }],
  before: null,
  after: '?from=1000',
  archive: 'all.zip',
  secondsLeft: 60,
  fingerprint: 'ab'.repeat(32),
})

/** The tags of a document with their attributes' names, in order; values and text are left out. */
function shapeOf(document: string): string {
  const withoutValues = document.replaceAll(/="[^"]*"/g, '=')
  return [...withoutValues.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/\s+/g, ' ')).join('')
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</a></title></html><svg/onload=alert(1)>',
  '{alias}{bytes:bytes}[{left}]',
  '&lt;b&gt;',
  '`${alert(1)}`',
  'a\u202egnp.exe',
  'line\nbreak\r\n\r\n<b>',
  'javascript:alert(1)',
  '\u0000\ufeff<!--',
  '😀 照片.jpg',
]

for (const languages of ['en', 'zh-CN,zh;q=0.9']) {
  describe(languages, () => {
    test('hostile names change no tag', () => {
      const plain = shapeOf(pages.share(page('name', 'file'), languages))
      const inFolder = shapeOf(pages.share(page('name', 'folder/file'), languages))
      for (const name of HOSTILE) {
        const wanted = name.includes('/') ? inFolder : plain
        assert.equal(shapeOf(pages.share(page(name, name), languages)), wanted, name)
        const receiving = shapeOf(pages.receive({ alias: 'name', fingerprint: null }, languages))
        assert.equal(shapeOf(pages.receive({ alias: name, fingerprint: null }, languages)), receiving, name)
        const asking = shapeOf(pages.pin('name', 'wrong', languages))
        assert.equal(shapeOf(pages.pin(name, 'wrong', languages)), asking, name)
      }
    })
  })
}

test('any text changes no tag', () => {
  const plain = shapeOf(pages.share(page('name', 'file'), ''))
  const text = fc.string({ unit: 'binary' }).map((name) => name.replaceAll('/', '') || 'x')
  fc.assert(
    fc.property(text, (name) => {
      assert.equal(shapeOf(pages.share(page(name, name), '')), plain)
    }),
  )
})

test('a page has no script in line, no style in line, and nothing of another host', () => {
  const documents = [
    pages.share(page('a', 'b'), ''),
    pages.receive({ alias: 'a', fingerprint: null }, ''),
    pages.pin('a', null, ''),
    ...LINK_TROUBLES.map((kind) => pages.trouble(kind, 'zh')),
  ]
  for (const document of documents) {
    assert.doesNotMatch(document, /<script(?! src="\/penstock)|\sstyle=|\son[a-z]+=|https?:|\/\/[a-z]/i)
    for (const [, path = ''] of document.matchAll(/(?:src|href)="(\/[^"]*)"/g))
      assert.ok(pages.asset(path), path)
  }
})

test('what a template is given is escaped, in text and in attributes, and its own parts are not', () => {
  assert.equal(
    html`<a title="${'"<&\'>'}">${html`<b>${1}</b>`}${null}${[html`x`, html`y`]}</a>`.text,
    '<a title="&quot;&lt;&amp;&#39;&gt;"><b>1</b>xy</a>',
  )
})

test('the language is the first that the browser wants and the catalogues have', () => {
  const wanted: Readonly<Record<string, string>> = {
    '': 'en',
    'fr-FR,fr;q=0.9': 'en',
    'zh-CN': 'zh',
    'fr,zh-TW;q=0.8,en;q=0.5': 'zh',
    'en-GB,zh;q=0.9': 'en',
    'zh;q=0,en;q=0.1': 'en',
    'en;q=0.2, zh ; q=0.9': 'zh',
  }
  for (const [languages, language] of Object.entries(wanted))
    assert.match(pages.trouble('ended', languages), new RegExp(`lang="${language}"`), languages)
})
