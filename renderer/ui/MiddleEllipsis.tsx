import { useCallback, useState } from 'react'
import { cx } from './cx.ts'
import { visible, visibleSegments } from '../../main/messages/index.ts'
import { splitName } from './middle.ts'
import { Tooltip } from './Tooltip.tsx'

/** A name whose hidden characters are shown as marks. Its direction does not reach what is around it. */
export function VisibleName({ text }: { readonly text: string }) {
  return (
    <bdi>
      {visibleSegments(text).map((segment, index) =>
        segment.mark ? (
          <mark key={index} className="rounded-[3px] bg-cpu-soft px-0.5 text-cpu-ink">
            {segment.text}
          </mark>
        ) : (
          segment.text
        ),
      )}
    </bdi>
  )
}

/** A name on one line; where it is too long its middle gives way, and the whole is in a tooltip. */
export function MiddleEllipsis({ text, className }: { readonly text: string; readonly className?: string }) {
  const [cut, setCut] = useState(false)
  const name = visible(text)
  const { head, tail } = splitName(name)
  const look = useCallback((event: { readonly currentTarget: HTMLElement }) => {
    const first = event.currentTarget.firstElementChild
    setCut(first !== null && first.scrollWidth > first.clientWidth)
  }, [])
  return (
    <Tooltip text={cut ? name : ''}>
      <span className={cx('flex min-w-0', className)} onPointerEnter={look} onFocus={look} aria-label={name}>
        <span className="min-w-[2ch] truncate whitespace-pre" aria-hidden>
          <VisibleName text={head} />
        </span>
        {tail !== '' && (
          <span className="shrink-0 whitespace-pre" aria-hidden>
            <VisibleName text={tail} />
          </span>
        )}
      </span>
    </Tooltip>
  )
}
