import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { RatePoint } from '../../state/series.ts'
import { rateText } from './words.ts'
import type { RateUnit } from '../../state/series.ts'

/** Seconds as minutes and seconds, or hours, minutes and seconds. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

interface PlotData {
  readonly points: readonly RatePoint[]
  /** Seconds at which it will probably end; at most the last point if it has ended. */
  readonly end: number
  /** Rate until then; null if it has ended. */
  readonly expected: number | null
}

function aligned({ points, end, expected }: PlotData): uPlot.AlignedData {
  const xs = points.map(({ seconds }) => seconds)
  const ys: (number | null)[] = points.map(({ rate }) => rate)
  const ahead: (number | null)[] = points.map(() => null)
  const last = points.at(-1)
  if (expected !== null && last !== undefined && end > last.seconds) {
    ahead[ahead.length - 1] = last.rate
    return [
      [...xs, end],
      [...ys, null],
      [...ahead, expected],
    ]
  }
  return [xs, ys, ahead]
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function niceTop(highest: number): number {
  if (highest <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(highest))
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((one) => one * power >= highest) ?? 10
  return step * power
}

/** Width of a time on the axis, with the plot's padding, in CSS pixels. */
const LABEL_PX = 64
/** Width of a digit. */
const FIGURE_SPACE = '\u2007'

function options(width: number, height: number): uPlot.Options {
  const grid = { stroke: colour('--line'), width: 1 }
  const accent = colour('--accent')
  return {
    width,
    height,
    padding: [18, 18, 0, 16],
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { time: false, range: (_, min, max) => [Math.min(0, min), Math.max(max, 1)] },
      y: { range: (_, __, max) => [0, niceTop(max)] },
    },
    axes: [
      {
        stroke: colour('--ink-3'),
        grid: { show: false },
        ticks: { show: false },
        size: 22,
        gap: 4,
        font: `11px ${colour('--font-plot') || 'Inter Variable, sans-serif'}`,
        space: 70,
        // Each time has as much space before it as it is wide: it begins at its place, and the first is not cut off.
        values: (plot, splits) =>
          splits.map((at) => {
            const text = clock(at)
            return plot.valToPos(at, 'x') > plot.width - LABEL_PX
              ? ''
              : FIGURE_SPACE.repeat(text.length) + text
          }),
        incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400],
      },
      {
        show: true,
        size: 0,
        grid,
        ticks: { show: false },
        splits: (_, __, min, max) => [min, (min + max) / 2, max],
        values: () => [],
      },
    ],
    series: [
      {},
      { stroke: accent, width: 1.5, fill: colour('--accent-soft'), points: { show: false }, spanGaps: false },
      { stroke: colour('--control'), width: 1.5, dash: [2, 4], points: { show: false } },
    ],
  }
}

/** The rate over time, drawn to a canvas; a text states the same for screen readers. */
export function RatePlot({
  points,
  end,
  expected,
  unit,
  label,
  theme,
}: PlotData & { readonly unit: RateUnit; readonly label: string; readonly theme: string }) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef<PlotData>({ points, end, expected })

  useEffect(() => {
    latest.current = { points, end, expected }
    plot.current?.setData(aligned(latest.current))
  }, [points, end, expected])

  useEffect(() => {
    const element = host.current
    if (element === null) return undefined
    const made = new uPlot(
      options(element.clientWidth, element.clientHeight),
      aligned(latest.current),
      element,
    )
    plot.current = made
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: element.clientHeight })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.current = null
      made.destroy()
    }
  }, [theme])

  const top = niceTop(points.reduce((highest, { rate }) => Math.max(highest, rate), expected ?? 0))
  return (
    <div className="relative -mx-4 h-32" role="img" aria-label={label}>
      <div ref={host} className="absolute inset-0" />
      <span aria-hidden className="tabular absolute top-0 left-4 text-2xs text-ink-3">
        {rateText(top, unit)}
      </span>
    </div>
  )
}
