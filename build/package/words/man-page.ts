import { readHelpPage, usualForm, type HelpBlock } from './help-page.ts'

/** Escapes text for roff: no line starts a request, and a hyphen is the ASCII one. */
function roff(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('“', '\\(lq')
    .replaceAll('”', '\\(rq')
    .replaceAll('’', '\\(cq')
    .replaceAll('…', '\\&...')
  return /^[.']/u.test(escaped) ? `\\&${escaped}` : escaped
}

function block(one: HelpBlock): string[] {
  if (one.kind === 'text') return ['.PP', roff(one.text)]
  return one.terms.flatMap(({ term, text }) => ['.TP', `.B ${roff(term)}`, roff(text === '' ? ' ' : text)])
}

export interface ManPageSource {
  /** Pages of `penstock help` by command; `overview` is the first. */
  readonly pages: Readonly<Record<string, string>>
  readonly version: string
  /** Year-month-day. */
  readonly date: string
}

/** The manual page, made only from the help pages, so that the two agree. */
export function manPage({ pages, version, date }: ManPageSource): string {
  const { overview = '', ...commands } = pages
  const first = readHelpPage(overview)
  const [list, ...others] = first.blocks
  const lines = [
    `.TH PENSTOCK 1 "${date}" "Penstock ${version}" "User Commands"`,
    '.SH NAME',
    `penstock \\- ${roff(usualForm(first).summary)}`,
    '.SH SYNOPSIS',
  ]
  const read = Object.entries(commands).map(([name, page]) => ({ name, page: readHelpPage(page) }))
  for (const { page } of read) {
    for (const { synopsis } of page.forms) lines.push(roff(synopsis), '.br')
  }
  lines.push('.SH DESCRIPTION', ...(list ? block(list) : []))
  for (const one of others) lines.push(...block(one))
  lines.push('.SH COMMANDS')
  for (const { page } of read) {
    for (const { synopsis, summary } of page.forms) lines.push(`.SS ${roff(synopsis)}`, roff(`${summary}.`))
    for (const one of page.blocks) lines.push(...block(one))
  }
  lines.push('.SH SEE ALSO', '.BR systemctl (1)', '')
  return lines.join('\n')
}
