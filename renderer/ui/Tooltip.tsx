import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Marked } from './text/Name.tsx'

/** A hint for its child: a visible text; an empty one shows none. */
export function Tooltip({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  if (text === '') return children
  return (
    <Radix.Root delayDuration={400}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-96 animate-fade rounded-control border border-line bg-ink px-2 py-1 text-xs text-page"
        >
          <span className="line-clamp-12 [overflow-wrap:anywhere]">
            <Marked text={text} />
          </span>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export const TooltipProvider = Radix.Provider
