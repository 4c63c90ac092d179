/** A parsed page of `penstock help`: the one source of the man page and of the completions' descriptions. */
export interface HelpPage {
  /** Synopses, the usual one first. */
  readonly forms: readonly HelpForm[]
  readonly blocks: readonly HelpBlock[]
}

export interface HelpForm {
  /** Such as `penstock peers [--for SECONDS]`. */
  readonly synopsis: string
  readonly summary: string
}

/** Terms with their explanations, or sentences. */
export type HelpBlock =
  | { readonly kind: 'terms'; readonly terms: readonly HelpTerm[] }
  | { readonly kind: 'text'; readonly text: string }

export interface HelpTerm {
  readonly term: string
  readonly text: string
}

const TERM = /^ {2}(\S.*?)(?: {2,}(.*))?$/u

function termsOf(lines: readonly string[]): HelpTerm[] {
  const terms: { term: string; text: string }[] = []
  for (const line of lines) {
    const found = TERM.exec(line)
    const last = terms.at(-1)
    if (found) terms.push({ term: found[1] ?? '', text: found[2] ?? '' })
    else if (last) last.text = `${last.text} ${line.trim()}`.trim()
    else throw new Error(`Expected two spaces and a term but received ${line}`)
  }
  return terms
}

/** A block may begin with a heading, such as "For every command:". */
function blocksOf(text: string): HelpBlock[] {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => line.startsWith('  '))
  if (first < 0) return [{ kind: 'text', text: lines.join(' ') }]
  const head = lines.slice(0, first).join(' ')
  const terms: HelpBlock = { kind: 'terms', terms: termsOf(lines.slice(first)) }
  return head === '' ? [terms] : [{ kind: 'text', text: head }, terms]
}

/**
 * Parses a page.
 * @throws Error if the page does not have the common form
 */
export function readHelpPage(page: string): HelpPage {
  const [head = '', ...rest] = page.trim().split('\n\n')
  const forms = head.split('\n').map((line) => {
    const split = line.indexOf(' – ')
    if (split < 0) throw new Error(`Expected FORM – SUMMARY but received ${line}`)
    return { synopsis: line.slice(0, split), summary: line.slice(split + 3) }
  })
  return { forms, blocks: rest.flatMap(blocksOf) }
}

/** The first synopsis of a page. */
export function usualForm({ forms: [first] }: HelpPage): HelpForm {
  if (first === undefined) throw new Error('Expected a form but the page has none')
  return first
}

/** Every term of a page. */
export function termsIn(page: HelpPage): readonly HelpTerm[] {
  return page.blocks.flatMap((block) => (block.kind === 'terms' ? block.terms : []))
}
