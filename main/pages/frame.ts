import type { PageWords } from './words.ts'
import { formatFingerprint, type Language } from '../messages/index.ts'
import { html, type Html } from './html.ts'

/** Paths of the files of the pages; no session has such a name. */
export const STYLE_PATH = '/penstock/page.css'
export const ICON_PATH = '/penstock/icon.svg'
export const SCRIPT_PATH = '/penstock/receive.js'

const LOGO = html`<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
  <path d="M2 2.5h4.6v5.2a4.4 4.4 0 0 0 4.4 4.4h7v4.6h-7a9 9 0 0 1-9-9z" fill="var(--accent)" />
</svg>`

/** The mark as a file of its own, readable on a light and a dark tab. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><path fill="#0f8f88" d="M2 2.5h4.6v5.2a4.4 4.4 0 0 0 4.4 4.4h7v4.6h-7a9 9 0 0 1-9-9z"/></svg>`

/** How the connection is protected. */
export function protection(words: PageWords, fingerprint: string | null): Html {
  if (fingerprint === null) return html`<p>${words.clear}</p>`
  return html`<p>${words.secure}<code>${formatFingerprint(fingerprint)}</code></p>`
}

/** A whole document. */
export function frame(
  language: Language,
  title: string,
  { main, foot, script }: { readonly main: Html; readonly foot: Html | null; readonly script: boolean },
): string {
  const code = script ? html`<script src="${SCRIPT_PATH}" defer></script>` : null
  const { text } = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" href="${ICON_PATH}" />
        <link rel="stylesheet" href="${STYLE_PATH}" />
        ${code}
      </head>
      <body>
        <header>${LOGO} Penstock</header>
        <main>${main}</main>
        <footer>${foot}</footer>
      </body>
    </html> `
  return text
}
