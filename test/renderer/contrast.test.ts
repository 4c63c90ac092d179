// Invariant: every pair of text and background in the window meets WCAG AA (4.5:1), and every border of a control and every
// line of the drawing meets 3:1, in both appearances.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(join(process.cwd(), 'renderer', 'app', 'tokens.css'), 'utf8')

function tokens(theme: 'light' | 'dark'): Map<string, string> {
  const block = new RegExp(`\\[data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? ''
  return new Map(
    [...block.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

const GROUNDS = ['page', 'surface', 'sunken'] as const
const TEXTS = ['ink', 'ink-2', 'ink-3', 'accent', 'cpu-ink', 'dma', 'cipher-ink', 'good', 'bad'] as const
const PAIRS = [
  ['on-accent', 'accent'],
  ['accent', 'accent-soft'],
  ['ink', 'accent-soft'],
  ['ink-2', 'accent-soft'],
  ['ink-3', 'accent-soft'],
  ['cpu-ink', 'cpu-soft'],
  ['dma', 'dma-soft'],
  ['cipher-ink', 'cipher-soft'],
  ['ink', 'bad-soft'],
  ['ink-2', 'bad-soft'],
  ['bad', 'bad-soft'],
  ['page', 'ink'],
] as const
const LINES = ['control', 'accent', 'cpu', 'dma', 'cipher'] as const

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const colours = tokens(theme)
  const colour = (name: string): string => {
    const value = colours.get(name)
    if (value === undefined) throw new Error(`no colour ${name}`)
    return value
  }

  test('text on its ground', () => {
    const pairs = [...GROUNDS.flatMap((ground) => TEXTS.map((text) => [text, ground] as const)), ...PAIRS]
    const weak = pairs.filter(([text, ground]) => contrast(colour(text), colour(ground)) < 4.5)
    expect(
      weak.map(
        ([text, ground]) => `${text} on ${ground} ${contrast(colour(text), colour(ground)).toFixed(2)}`,
      ),
    ).toEqual([])
  })

  test('borders of controls, and the lines of the drawing', () => {
    const pairs = GROUNDS.flatMap((ground) => LINES.map((line) => [line, ground] as const))
    const weak = pairs.filter(([line, ground]) => contrast(colour(line), colour(ground)) < 3)
    // On the sunken floor of user space only arrows are drawn, never the border of a control.
    const seen = weak.filter(([line, ground]) => !(line === 'control' && ground === 'sunken'))
    expect(
      seen.map(
        ([line, ground]) => `${line} on ${ground} ${contrast(colour(line), colour(ground)).toFixed(2)}`,
      ),
    ).toEqual([])
  })
})
