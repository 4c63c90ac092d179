import { useWords } from '../../i18n/words.ts'
import { openView, useUi, type View } from '../../state/ui.ts'
import { cx } from '../cx.ts'

const VIEWS: readonly View[] = ['transfers', 'compare']

/** Switches the window between transfers and comparison. */
export function ViewSwitch() {
  const { words } = useWords()
  const view = useUi((state) => state.view)
  return (
    <nav aria-label={words.views.label} className="flex rounded-control bg-sunken p-0.5">
      {VIEWS.map((each) => (
        <button
          key={each}
          type="button"
          aria-current={each === view ? 'page' : undefined}
          onClick={() => openView(each)}
          className={cx(
            'h-7 rounded-[6px] border px-3 text-sm',
            each === view
              ? 'border-line bg-surface font-semibold text-ink'
              : 'border-transparent font-medium text-ink-2 hover:text-ink',
          )}
        >
          {words.views[each]}
        </button>
      ))}
    </nav>
  )
}
