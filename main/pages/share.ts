import type { SharedFileView, SharePage } from '../contract/link.ts'
import { format, formatBytes, formatDuration, type Language, visible } from '../messages/index.ts'
import { frame, protection } from './frame.ts'
import { html, type Html } from './html.ts'
import { catalogueOf, type PageWords } from './words.ts'

/** A picture of 18 pixels. */
function icon(name: string, path: Html): Html {
  return html`<svg
    class="${name}"
    width="18"
    height="18"
    viewBox="0 0 18 18"
    fill="none"
    stroke="currentColor"
    aria-hidden="true"
  >
    ${path}
  </svg>`
}

const FILE = icon('file', html`<path d="M4 2.5h6l4 4v9H4zM10 2.5v4h4" />`)
const GET = icon('get', html`<path d="M9 3v8.5M5.5 8.5L9 12l3.5-3.5M3.5 15h11" stroke-width="1.5" />`)

/** The list of shared files. */
export function sharePage(page: SharePage, language: Language): string {
  const words = catalogueOf(language)
  const { share } = words
  const { totals, fingerprint, secondsLeft } = page
  const { files } = totals
  const bytes = formatBytes(totals.bytes)
  const title = format(share.title, { alias: page.alias }, language)
  const left = secondsLeft === null ? null : formatDuration(Math.ceil(secondsLeft / 60) * 60, language)
  const main = html`
    <div class="top">
      <div>
        <h1>${title}</h1>
        <p class="quiet">${format(share.summary, { files, bytes }, language)}</p>
      </div>
      <a class="button primary" href="${page.archive}">
        ${share.all} <span>${format(share.allHint, { bytes }, language)}</span>
      </a>
    </div>
    <ul class="card" aria-label="${share.list}">
      ${page.files.map((file) => row(file, words, language))}
    </ul>
    ${neighbours(page, words)}
  `
  const foot = html`
    ${left === null ? null : html`<p>${format(share.until, { left }, language)}</p>`}
    ${protection(words, fingerprint)}
  `
  return frame(language, title, { main, foot, script: false })
}

function row({ path, size, href }: SharedFileView, { share }: PageWords, language: Language): Html {
  const slash = path.lastIndexOf('/')
  const name = path.slice(slash + 1)
  const folder = slash < 0 ? null : html`<span><bdi>${visible(path.slice(0, slash))}</bdi></span>`
  return html`<li>
    <a class="row" href="${href}" download aria-label="${format(share.download, { name }, language)}">
      ${FILE}
      <div class="name"><bdi>${visible(name)}</bdi>${folder}</div>
      <div class="size">${formatBytes(size)}</div>
      ${GET}
    </a>
  </li>`
}

function neighbours({ before, after }: SharePage, { share }: PageWords): Html | null {
  if (before === null && after === null) return null
  return html`<nav>
    ${before === null ? html`<span></span>` : html`<a class="button" href="${before}">${share.before}</a>`}
    ${after === null ? null : html`<a class="button" href="${after}">${share.after}</a>`}
  </nav>`
}
