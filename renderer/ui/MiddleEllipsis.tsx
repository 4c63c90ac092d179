import { useCallback, useState } from 'react'
import { cx } from './cx.ts'
import { splitName } from './middle.ts'
import { Tooltip } from './Tooltip.tsx'

/** A name on one line; where it is too long its middle gives way, and the whole is in a tooltip. */
export function MiddleEllipsis({ text, className }: { readonly text: string; readonly className?: string }) {
  const [cut, setCut] = useState(false)
  const { head, tail } = splitName(text)
  const look = useCallback((event: { readonly currentTarget: HTMLElement }) => {
    const first = event.currentTarget.firstElementChild
    setCut(first !== null && first.scrollWidth > first.clientWidth)
  }, [])
  return (
    <Tooltip text={cut ? text : ''}>
      <span className={cx('flex min-w-0', className)} onPointerEnter={look} onFocus={look} aria-label={text}>
        <span className="min-w-[2ch] truncate whitespace-pre" aria-hidden>
          {head}
        </span>
        {tail !== '' && (
          <span className="shrink-0 whitespace-pre" aria-hidden>
            {tail}
          </span>
        )}
      </span>
    </Tooltip>
  )
}
