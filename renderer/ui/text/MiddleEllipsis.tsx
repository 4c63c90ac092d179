import { useCallback, useState } from 'react'
import { visible } from '../../../main/messages/index.ts'
import { cx } from '../cx.ts'
import { directionOf, splitName } from './middle.ts'
import { Marked } from './Name.tsx'
import { Tooltip } from '../Tooltip.tsx'

/** A name on one line; if it is too long, its middle is shortened, and a tooltip shows the whole. */
export function MiddleEllipsis({
  text,
  sentence = false,
  className,
}: {
  readonly text: string
  /** Whether the text is a sentence of ours around a name: it keeps its direction. */
  readonly sentence?: boolean
  readonly className?: string
}) {
  const [cut, setCut] = useState(false)
  const name = visible(text)
  const direction = sentence ? 'ltr' : directionOf(name)
  const { head, tail } = splitName(name, direction)
  const look = useCallback((event: { readonly currentTarget: HTMLElement }) => {
    const first = event.currentTarget.firstElementChild
    setCut(first !== null && first.scrollWidth > first.clientWidth)
  }, [])
  return (
    <Tooltip text={cut ? name : ''}>
      <span
        dir={direction}
        className={cx('flex min-w-0', className)}
        onPointerEnter={look}
        onFocus={look}
        aria-label={name}
      >
        <span className="min-w-[2ch] truncate whitespace-pre" aria-hidden>
          <Marked text={head} />
        </span>
        {tail !== '' && (
          <span className="shrink-0 overflow-hidden whitespace-pre" aria-hidden>
            <Marked text={tail} />
          </span>
        )}
      </span>
    </Tooltip>
  )
}
