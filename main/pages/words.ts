import { languageOfLocale, type Language, type Translated } from '../messages/index.ts'
import { pagesEn } from '../messages/en/pages.ts'
import { pagesZh } from '../messages/zh/pages.ts'

export type PageWords = Translated<typeof pagesEn>

/** The language of a browser: the first of its Accept-Language that the catalogues have. */
export function languageOf(languages: string): Language {
  const ranked = languages
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().split(/\s*;\s*/)
      const weight = parameters.map((text) => /^q=([\d.]+)$/.exec(text)?.[1]).find((q) => q !== undefined)
      return { tag, weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ tag, weight }) => /^(?:zh|en)\b/i.test(tag) && weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
  return languageOfLocale(ranked[0]?.tag ?? '')
}

export function catalogueOf(language: Language): PageWords {
  return language === 'zh' ? pagesZh : pagesEn
}
