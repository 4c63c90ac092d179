import type { Totals } from './transfer.ts'

/** A file on the page of a share. */
export interface SharedFileView {
  readonly path: string
  readonly size: number
  /** Relative to the page. */
  readonly href: string
}

/** What the page of a share shows. */
export interface SharePage {
  readonly alias: string
  readonly totals: Totals
  readonly files: readonly SharedFileView[]
  /** Links to the neighbouring parts of a long list; null if there is none. */
  readonly before: string | null
  readonly after: string | null
  /** Link to all files in one archive. */
  readonly archive: string
  /** Seconds until the share ends; null without a limit. */
  readonly secondsLeft: number | null
  /** SHA-256 of the certificate; null over HTTP. */
  readonly fingerprint: string | null
}

/** What the page that receives files shows. */
export interface ReceivePage {
  readonly alias: string
  readonly fingerprint: string | null
}

/** Why a browser gets a page without content. */
export const LINK_TROUBLES = ['incomplete', 'ended', 'changed', 'failed'] as const
export type LinkTrouble = (typeof LINK_TROUBLES)[number]

/** A file that belongs to the pages. */
export interface PageAsset {
  readonly type: string
  readonly text: string
}

/** The documents that browsers get: the words belong to the shells. `languages` is the value of Accept-Language. */
export interface LinkPages {
  share(page: SharePage, languages: string): string
  receive(page: ReceivePage, languages: string): string
  /** Asks for the PIN. `problem` is what was wrong with the last one. */
  pin(alias: string, problem: 'wrong' | 'locked' | null, languages: string): string
  trouble(kind: LinkTrouble, languages: string): string
  /** By path; null if there is none. */
  asset(path: string): PageAsset | null
}
