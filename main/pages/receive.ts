import type { ReceivePage } from '../contract/link.ts'
import { format, type Language } from '../messages/index.ts'
import { frame, protection } from './frame.ts'
import { html } from './html.ts'
import { catalogueOf } from './words.ts'

/** The page from which a browser sends files to this device. Its script takes the words from the page. */
export function receivePage({ alias, fingerprint }: ReceivePage, language: Language): string {
  const words = catalogueOf(language)
  const said = Object.entries(words.receive).map(([key, template]): [string, string] => [
    key,
    format(template, { alias }, language),
  ])
  const text: Readonly<Record<string, string>> = Object.fromEntries(said)
  const { title = '', drop = '', or = '', choose = '', hint = '', noScript = '', pin = '', send = '' } = text
  const main = html`
    <div class="top">
      <div>
        <h1>${title}</h1>
        <p class="quiet">${hint}</p>
      </div>
    </div>
    <noscript><p class="bad">${noScript}</p></noscript>
    <div id="words" hidden data-words="${JSON.stringify(text)}"></div>
    <section id="drop" class="drop" hidden>
      <strong>${drop}</strong>
      <span class="quiet">${or}</span>
      <label class="button primary" for="files">${choose}</label>
      <input id="files" type="file" multiple class="away" />
    </section>
    <section id="panel" class="card" hidden>
      <div class="panel">
        <p id="state" role="status"></p>
        <progress id="bar" class="bar" max="1" value="0" aria-label="${text['sending'] ?? ''}"></progress>
        <form id="pin" hidden>
          <label
            >${pin} <input type="password" name="pin" inputmode="numeric" autocomplete="off" required
          /></label>
          <button class="button primary">${send}</button>
        </form>
        <div class="actions">
          <button id="cancel" type="button" class="button">${text['cancel'] ?? ''}</button>
          <button id="again" type="button" class="button" hidden>${text['again'] ?? ''}</button>
        </div>
      </div>
      <ul id="list"></ul>
    </section>
  `
  return frame(language, title, { main, foot: protection(words, fingerprint), script: true })
}
