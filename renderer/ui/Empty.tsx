import type { ReactNode } from 'react'

/** The text of an empty place, with what the user can do there. */
export function Empty({
  icon,
  title,
  text,
  children,
}: {
  readonly icon: ReactNode
  readonly title: string
  readonly text: string
  readonly children?: ReactNode
}) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-2 px-8 py-6 text-center">
      <span className="text-ink-3">{icon}</span>
      <p className="text-base font-semibold">{title}</p>
      <p className="max-w-80 text-sm text-ink-2">{text}</p>
      {children}
    </div>
  )
}
