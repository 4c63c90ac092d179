import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useRef } from 'react'
import { cx } from './cx.ts'

export interface LongListProps<T> {
  readonly items: readonly T[]
  readonly keyOf: (item: T) => string
  /** Height of every row, in CSS pixels. */
  readonly rowHeight: number
  /** The list's label for screen readers. */
  readonly label: string
  readonly className?: string
  readonly testid?: string
  /** Below the rows. */
  readonly foot?: ReactNode
  readonly children: (item: T) => ReactNode
}

/** A scrolling list of any length: only the visible rows are in the page. */
export function LongList<T>(props: LongListProps<T>) {
  const { items, keyOf, rowHeight, label, className, testid, foot, children } = props
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  })
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="group"
      aria-label={label}
      data-testid={testid}
      className={cx('overflow-y-auto rounded-card border border-line', className)}
    >
      <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const item = items[index]
          return (
            item !== undefined && (
              <li
                key={keyOf(item)}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 top-0 flex items-center gap-2 px-2.5"
                style={{ height: rowHeight, transform: `translateY(${String(start)}px)` }}
              >
                {children(item)}
              </li>
            )
          )
        })}
      </ul>
      {foot}
    </div>
  )
}
