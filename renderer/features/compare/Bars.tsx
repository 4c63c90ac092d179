import type { CompareRow, Spread } from '../../../main/contract/compare.ts'
import { variantName } from '../../../main/messages/index.ts'
import { rangeText, scaleOf } from './figures.ts'

function percent(part: number): string {
  return `${String(part * 100)}%`
}

function Whisker({ spread, scale }: { readonly spread: Spread; readonly scale: number }) {
  if (spread.min === spread.max) return null
  return (
    <span
      aria-hidden
      className="absolute top-1/2 h-2.5 -translate-y-1/2 border-x border-ink"
      style={{ left: percent(spread.min / scale), width: percent((spread.max - spread.min) / scale) }}
    >
      <span className="absolute inset-x-0 top-1/2 border-t border-ink" />
    </span>
  )
}

/** Horizontal bars of one measure by technique: the median as the bar, the range of the rounds as a whisker. */
export function Bars({
  title,
  note,
  rows,
  of,
  show,
}: {
  readonly title: string
  /** Which way is better. */
  readonly note: string
  readonly rows: readonly CompareRow[]
  readonly of: (row: CompareRow) => Spread | null
  readonly show: (value: number) => string
}) {
  const scale = scaleOf(rows.map(of))
  return (
    <section aria-label={title} className="min-w-0 rounded-card border border-line bg-surface px-4 py-3">
      <h2 className="flex items-baseline gap-2 pb-2 text-sm font-semibold">
        {title} <span className="text-xs font-normal text-ink-3">{note}</span>
      </h2>
      <ul className="flex flex-col gap-1.5">
        {rows.map((row) => {
          const spread = of(row)
          const name = variantName(row.variant)
          return (
            <li key={name} className="grid grid-cols-[112px_minmax(0,1fr)_76px] items-center gap-2">
              <span className="truncate text-xs">{name}</span>
              <span
                className="relative h-4 rounded-[4px] bg-sunken"
                title={spread ? rangeText(spread, show) : undefined}
              >
                {spread && (
                  <>
                    <span
                      aria-hidden
                      className="absolute inset-y-0 left-0 rounded-[4px] bg-accent/70"
                      style={{ width: percent(spread.median / scale) }}
                    />
                    <Whisker spread={spread} scale={scale} />
                  </>
                )}
              </span>
              <span className="tabular text-right text-xs">{spread ? show(spread.median) : '–'}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
