/** Languages of the catalogues. */
export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

/** The language of a locale such as `zh_CN.UTF-8`, `zh-Hans` or `en-GB`; English for every other. */
export function languageOfLocale(locale: string): Language {
  return /^zh(?:[-_.]|$)/i.test(locale) ? 'zh' : 'en'
}

/** The language of a terminal's environment, in the order of POSIX: LC_ALL, LC_MESSAGES, LANG. */
export function languageOfEnvironment(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  )
  return languageOfLocale(locale ?? '')
}
