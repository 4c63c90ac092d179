import type { LinkTrouble } from '../contract/link.ts'
import { format, type Language } from '../messages/index.ts'
import { frame } from './frame.ts'
import { html } from './html.ts'
import { catalogueOf } from './words.ts'

/** Asks for the PIN, with what was wrong with the last one. */
export function pinPage(alias: string, problem: 'wrong' | 'locked' | null, language: Language): string {
  const { pin } = catalogueOf(language)
  const title = format(pin.title, { alias }, language)
  const main = html`
    <div class="top"><h1>${title}</h1></div>
    <form class="card" method="post" action="/">
      <label
        >${pin.label}
        <input type="password" name="pin" inputmode="numeric" autocomplete="off" required autofocus
      /></label>
      ${problem === null ? html`<p class="quiet small">${pin.hint}</p>` : html`<p class="bad" role="alert">${pin[problem]}</p>`}
      <button class="button primary">${pin.open}</button>
    </form>
  `
  return frame(language, title, { main, foot: null, script: false })
}

/** The page in the place of content, with the reason. */
export function troublePage(kind: LinkTrouble, language: Language): string {
  const { title, text } = catalogueOf(language).trouble[kind]
  const main = html`
    <h1>${title}</h1>
    <p class="quiet">${text}</p>
  `
  return frame(language, title, { main, foot: null, script: false })
}
