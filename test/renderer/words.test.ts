// Invariant: the window's two catalogues have the same keys with the same placeholders, and every key has a text.
import { expect, test } from 'vitest'
import { catalogue, format, placeholders } from '../../main/messages/index.ts'
import { uiEn } from '../../main/messages/en/ui.ts'
import { uiZh } from '../../main/messages/zh/ui.ts'
import { speech } from '../../renderer/i18n/words.ts'
import { dayText } from '../../renderer/features/transfers/words.ts'
import { initials } from '../../renderer/ui/marks/Avatar.tsx'
import { splitName } from '../../renderer/ui/text/middle.ts'
import { texts } from '../support/texts.ts'

test('both catalogues have the same keys and placeholders', () => {
  const en = texts(uiEn)
  const zh = texts(uiZh)
  expect([...zh.keys()].sort()).toEqual([...en.keys()].sort())
  for (const [key, text] of en) {
    expect(text.trim(), key).not.toBe('')
    expect((zh.get(key) ?? '').trim(), key).not.toBe('')
    expect(placeholders(zh.get(key) ?? ''), key).toEqual(placeholders(text))
  }
})

test('Chinese has one word for what the CPU and the kernel do with bytes, and its own brackets', () => {
  for (const [key, text] of new Map([...texts(uiZh), ...texts(catalogue('zh'))])) {
    expect(text, key).not.toMatch(/(?:CPU|DMA|内核|零) ?(?:中)?复制|\([^)]*[\u4e00-\u9fff]|[。；] /)
  }
})

test('the window never sends a person to the command line', () => {
  for (const language of ['en', 'zh'] as const) {
    for (const code of ['pin-needed', 'technique-unavailable', 'port-in-use'] as const) {
      expect(speech(language).explain({ code }).next).not.toMatch(/--[a-z]/)
    }
  }
})

test('counts choose singular and plural', () => {
  expect(format(uiEn.transfers.copies, { cpu: 1 }, 'en')).toBe('1 CPU copy')
  expect(format(uiEn.transfers.copies, { cpu: 0 }, 'en')).toBe('0 CPU copies')
})

test('a long name keeps its end, whole letters only', () => {
  const { head, tail } = splitName('Interview with the director, uncut, take 14.tar.gz')
  expect(head + tail).toBe('Interview with the director, uncut, take 14.tar.gz')
  expect(tail).toBe('take 14.tar.gz')
  expect(splitName('Rushes 2026-11-20 会议室录像/stills/still 10.jpg').tail).toBe('/still 10.jpg')
  expect(splitName('/home/ana/Downloads/Penstock/样片 Rushes').tail).toBe('/样片 Rushes')
  expect(splitName('short.txt')).toEqual({ head: 'short.txt', tail: '' })
  const family = '👨‍👩‍👧‍👦'.repeat(30)
  expect(splitName(family).tail).toBe('👨‍👩‍👧‍👦'.repeat(10))
})

test('initials: two letters, or the first sign of a Chinese name', () => {
  expect(initials('Edit bay')).toBe('EB')
  expect(initials('会议室 MacBook')).toBe('会')
  expect(initials('Studio')).toBe('ST')
  expect(initials('')).toBe('?')
})

test('a moment is the time of today, yesterday, or a date', () => {
  const now = new Date(2026, 10, 21, 9, 30)
  expect(dayText(new Date(2026, 10, 21, 8, 5), now, 'en')).toBe('08:05')
  expect(dayText(new Date(2026, 10, 20, 23, 59), now, 'en')).toBe('yesterday')
  expect(dayText(new Date(2026, 10, 20, 1, 0), now, 'zh')).toBe('昨天')
  expect(dayText(new Date(2026, 10, 2, 8, 5), now, 'en')).toBe('2 Nov')
  expect(dayText(new Date(2025, 10, 2, 8, 5), now, 'en')).toBe('2 Nov 2025')
  expect(dayText(new Date(2026, 10, 2, 8, 5), now, 'zh')).toBe('11月2日')
})
