import type { LinkPages } from '../contract/link.ts'
import { ICON, ICON_PATH, SCRIPT_PATH, STYLE_PATH } from './frame.ts'
import { pinPage, troublePage } from './plain.ts'
import { receivePage } from './receive.ts'
import { SCRIPT } from './script.ts'
import { sharePage } from './share.ts'
import { STYLE } from './style.ts'
import { languageOf } from './words.ts'

/** The pages for browsers, each in the browser's language. */
export const pages: LinkPages = {
  share: (page, languages) => sharePage(page, languageOf(languages)),
  receive: (page, languages) => receivePage(page, languageOf(languages)),
  pin: (alias, problem, languages) => pinPage(alias, problem, languageOf(languages)),
  trouble: (kind, languages) => troublePage(kind, languageOf(languages)),
  asset: (path) => {
    if (path === STYLE_PATH) return { type: 'text/css; charset=utf-8', text: STYLE }
    if (path === SCRIPT_PATH) return { type: 'text/javascript; charset=utf-8', text: SCRIPT }
    if (path === ICON_PATH) return { type: 'image/svg+xml', text: ICON }
    return null
  },
}
