import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { useWords } from '../i18n/words.ts'
import { cx } from './cx.ts'
import { IconButton } from './controls/IconButton.tsx'

interface PanelProps {
  readonly onClose: () => void
  readonly title: ReactNode
  readonly children: ReactNode
  /** Buttons at the foot. */
  readonly foot?: ReactNode
  /** False: only a button of the dialog closes it. */
  readonly closable?: boolean
  readonly wide?: boolean
  /** A sheet for the detail of a transfer: it takes most of the window, and its content sets the padding. */
  readonly detail?: boolean
}

const PLACES = {
  dialog:
    'top-1/2 left-1/2 max-h-[calc(100%-32px)] w-[440px] max-w-[calc(100%-32px)] -translate-x-1/2 -translate-y-1/2 animate-fade rounded-card border border-line',
  sheet: 'top-0 right-0 h-full w-[440px] max-w-[calc(100%-48px)] animate-sheet border-l border-line',
} as const

/** Focuses the panel itself, so that a key meant for something else presses no button. */
function focusContent(event: Event): void {
  event.preventDefault()
  const panel = event.currentTarget
  if (!(panel instanceof HTMLElement)) return
  const first = panel.querySelector('[data-autofocus]')
  ;(first instanceof HTMLElement ? first : panel).focus()
}

function Panel({
  onClose,
  title,
  children,
  foot,
  closable = true,
  wide = false,
  detail = false,
  place,
}: PanelProps & { readonly place: keyof typeof PLACES }) {
  const { words } = useWords()
  // No panel has a Radix trigger: focus returns to the element that opened it.
  const [before] = useState(() => document.activeElement)
  return (
    <Radix.Root open onOpenChange={(next) => !next && closable && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-30 animate-fade bg-veil" />
        <Radix.Content
          aria-describedby={undefined}
          tabIndex={-1}
          onOpenAutoFocus={focusContent}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (before instanceof HTMLElement && before.isConnected) before.focus()
          }}
          onInteractOutside={(event) => !closable && event.preventDefault()}
          className={cx(
            'fixed z-40 flex flex-col bg-surface outline-none',
            PLACES[place],
            wide && 'w-[560px]',
            detail && 'w-[660px]',
          )}
        >
          <div className="flex shrink-0 items-center gap-2 px-5 pt-4 pb-2">
            <Radix.Title className="min-w-0 flex-1 text-base font-semibold">
              <span className="line-clamp-4 [overflow-wrap:anywhere]">{title}</span>
            </Radix.Title>
            {closable && (
              <IconButton label={words.close} onClick={onClose}>
                <X size={16} aria-hidden />
              </IconButton>
            )}
          </div>
          <div className={cx('min-h-0 flex-1 overflow-y-auto', !detail && 'px-5 py-2')}>{children}</div>
          {foot !== undefined && (
            <div className="flex shrink-0 items-center justify-end gap-2 border-t border-line px-5 py-3">
              {foot}
            </div>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** A question in the middle of the window. */
export function Dialog(props: PanelProps) {
  return <Panel {...props} place="dialog" />
}

/** A page at the right side of the window. */
export function Sheet(props: PanelProps) {
  return <Panel {...props} place="sheet" />
}
