import type { Comparison, CompareRow, Spread } from '../../../main/contract/compare.ts'
import { catalogue, format, type Language, variantName } from '../../../main/messages/index.ts'
import { againstSentence, memorySentence, verdictSentences } from '../../../main/messages/verdict.ts'
import { columnsOf, type Measure, measuresOf, scaleOf } from './figures.ts'
import { linesOf } from './lines.ts'

/** Measures in CSS pixels, drawn at twice the size for print. */
const SIZE = { width: 1200, pad: 32, line: 24, name: 130, scale: 2 } as const

/** The drawing surface: a canvas, or a recorder in tests. */
export type Paper = Pick<
  CanvasRenderingContext2D,
  'font' | 'fillStyle' | 'textAlign' | 'globalAlpha' | 'fillText' | 'fillRect'
> & { measureText(text: string): Pick<TextMetrics, 'width'> }

interface TextOptions {
  readonly size?: number
  readonly bold?: boolean
  readonly ink?: string
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** Draws downwards, line after line. */
class Sheet {
  readonly #context: Paper
  readonly #face: string
  y: number = SIZE.pad

  constructor(context: Paper) {
    this.#context = context
    this.#face = getComputedStyle(document.body).fontFamily
  }

  text(text: string, x: number, options: TextOptions & { readonly right?: boolean } = {}): void {
    const { ink = 'ink', right = false } = options
    this.#setFont(options)
    this.#context.fillStyle = colour(ink)
    this.#context.textAlign = right ? 'right' : 'left'
    this.#context.fillText(text, x, this.y + 16)
  }

  /** Draws a text in as many lines as it needs up to the right edge, and moves down after each. */
  paragraph(text: string, x: number, options: TextOptions = {}): void {
    const width = SIZE.width - SIZE.pad - x
    this.#setFont(options)
    for (const line of linesOf(text, (part) => this.#context.measureText(part).width <= width)) {
      this.text(line, x, options)
      this.down()
    }
  }

  /** Space for the longest name of a variant, in CSS pixels. */
  nameWidth(rows: readonly CompareRow[]): number {
    this.#setFont({})
    const widths = rows.map(({ variant }) => this.#context.measureText(variantName(variant)).width + 16)
    return Math.max(SIZE.name, ...widths)
  }

  #setFont({ size = 13, bold = false }: TextOptions): void {
    this.#context.font = `${bold ? '600 ' : ''}${String(size)}px ${this.#face}`
  }

  bar(spread: Spread, scale: number, left: number, width: number): void {
    const at = (value: number): number => left + (value / scale) * width
    this.#context.fillStyle = colour('accent')
    // Light enough to show the whisker.
    this.#context.globalAlpha = 0.7
    this.#context.fillRect(left, this.y + 4, at(spread.median) - left, 16)
    this.#context.globalAlpha = 1
    this.#context.fillStyle = colour('ink')
    this.#context.fillRect(at(spread.min), this.y + 11.5, at(spread.max) - at(spread.min), 1)
    for (const end of [spread.min, spread.max]) this.#context.fillRect(at(end) - 0.5, this.y + 7, 1, 10)
  }

  line(): void {
    this.#context.fillStyle = colour('line')
    this.#context.fillRect(SIZE.pad, this.y, SIZE.width - 2 * SIZE.pad, 1)
  }

  down(by: number = SIZE.line): void {
    this.y += by
  }
}

function bars(sheet: Sheet, title: string, rows: readonly CompareRow[], { of, show }: Measure): void {
  const scale = scaleOf(rows.map(of))
  const left = SIZE.pad + sheet.nameWidth(rows)
  sheet.text(title, SIZE.pad, { bold: true })
  sheet.down()
  for (const row of rows) {
    const spread = of(row)
    sheet.text(variantName(row.variant), SIZE.pad)
    if (spread) sheet.bar(spread, scale, left, SIZE.width - SIZE.pad - left - 110)
    sheet.text(spread ? show(spread.median) : '–', SIZE.width - SIZE.pad, { right: true })
    sheet.down()
  }
  sheet.down(12)
}

function table(sheet: Sheet, { rows, preset }: Comparison, language: Language): void {
  const { compare: words, none, ...texts } = catalogue(language)
  const columns = columnsOf(words, preset)
  const left = SIZE.pad + sheet.nameWidth(rows)
  const step = (SIZE.width - SIZE.pad - left) / columns.length
  const right = (index: number): number => left + step * (index + 1)
  sheet.text(words.headers.technique, SIZE.pad, { size: 10, ink: 'ink-3' })
  columns.forEach(({ heading }, index) => {
    sheet.text(heading, right(index), { size: 10, ink: 'ink-3', right: true })
  })
  sheet.down()
  for (const row of rows) {
    sheet.line()
    sheet.text(variantName(row.variant), SIZE.pad)
    if (row.problem) {
      const { summary } = texts.errors[row.problem.code]
      const text = format(summary, row.problem.params ?? {}, language)
      sheet.paragraph(text, left, { ink: 'ink-2' })
    } else {
      columns.forEach(({ value }, index) => {
        sheet.text(value(row) ?? none, right(index), { right: true })
      })
      sheet.down()
    }
  }
}

/** Draws the verdict, the conditions, bars and table. Returns the height in CSS pixels. */
export function drawComparison(paper: Paper, comparison: Comparison, language: Language): number {
  const { rows, preset, title, files, bytes } = comparison
  const { compare: words } = catalogue(language)
  const sheet = new Sheet(paper)
  for (const text of verdictSentences(comparison, language)) {
    sheet.paragraph(text, SIZE.pad, { bold: true })
  }
  const small = { size: 12, ink: 'ink-3' }
  sheet.paragraph(format(words.title, { title, files, bytes }, language), SIZE.pad, small)
  sheet.paragraph(againstSentence(comparison, language), SIZE.pad, small)
  const inMemory = memorySentence(comparison, language)
  if (inMemory !== null) sheet.paragraph(inMemory, SIZE.pad, small)
  sheet.down(12)
  const titles = { rate: words.headers.rate, seconds: words.headers.seconds, cpu: words.headers.senderCpu }
  for (const measure of measuresOf(preset)) bars(sheet, titles[measure.title], rows, measure)
  table(sheet, comparison, language)
  return sheet.y + SIZE.pad
}

/** The comparison as a picture in the window's colours: PNG in Base64, or empty if the canvas has no context. */
export function pictureOf(comparison: Comparison, language: Language): string {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d')
  if (context === null) return ''
  // A first pass measures the height, because setting the size of a canvas clears it.
  const height = drawComparison(context, comparison, language)
  canvas.width = SIZE.width * SIZE.scale
  canvas.height = height * SIZE.scale
  context.scale(SIZE.scale, SIZE.scale)
  context.fillStyle = colour('surface')
  context.fillRect(0, 0, SIZE.width, height)
  drawComparison(context, comparison, language)
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/u, '')
}
