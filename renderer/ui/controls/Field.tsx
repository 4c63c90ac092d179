import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from '../cx.ts'

/** A labelled control with a line of help. */
export function Field({
  label,
  help,
  children,
}: {
  readonly label: string
  readonly help?: string
  readonly children: (id: string, helpId: string | undefined) => ReactNode
}) {
  const id = useId()
  const helpId = `${id}-help`
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        {label}
      </label>
      {children(id, help === undefined ? undefined : helpId)}
      {help !== undefined && (
        <p id={helpId} className="text-xs text-ink-3">
          {help}
        </p>
      )}
    </div>
  )
}

export function TextInput({ className, ...rest }: ComponentProps<'input'>) {
  return (
    <input
      type="text"
      spellCheck={false}
      className={cx(
        'selectable h-8 w-full rounded-control border border-control bg-surface px-2.5 text-sm text-ink placeholder:text-ink-3',
        className,
      )}
      {...rest}
    />
  )
}

/** A heading over a group of controls or facts. */
export function GroupTitle({ children }: { readonly children: ReactNode }) {
  return <h3 className="text-xs font-semibold tracking-wide text-ink-2">{children}</h3>
}

/** Controls that belong together, under a heading. */
export function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2 pb-5" aria-label={title}>
      <GroupTitle>{title}</GroupTitle>
      {children}
    </section>
  )
}
