import type { Snapshot } from '../../../../main/contract/ipc.ts'
import { useWords } from '../../../i18n/words.ts'
import { useSettings } from '../../../state/settings.ts'
import { Pill } from '../../../ui/marks/Pill.tsx'
import { Tooltip } from '../../../ui/Tooltip.tsx'
import { localPath } from './localPath.ts'
import { levelOf, PathDrawing } from './PathDrawing.tsx'
import { reportOf } from '../words.ts'

/** The path of a copy on this machine: one machine and no network. */
export function LocalPathSection({
  snapshot,
  rate,
}: {
  readonly snapshot: Snapshot
  readonly rate: number | null
}) {
  const { words, fill, reason, rule } = useWords()
  const alias = useSettings((state) => state.self.alias)
  const { view } = snapshot
  const report = reportOf(snapshot)
  const technique = report?.technique ?? view.choice?.technique ?? null
  const why = report?.reason ?? view.choice?.reason ?? null
  const refused = report?.fellBackFrom ?? []
  const path = localPath(technique, view.copies)
  return (
    <section aria-label={words.path.title} className="flex flex-col gap-3">
      <div className="flex min-h-7 flex-wrap items-center justify-between gap-2">
        <h2 className="text-base font-semibold">{words.path.title}</h2>
        {technique !== null && <Pill tone="accent">{technique}</Pill>}
      </div>
      <PathDrawing
        sender={{ name: alias, path, silent: false }}
        receiver={null}
        sameMachine
        level={view.state.kind === 'running' ? levelOf(rate) : null}
      />
      <div className="flex flex-wrap gap-1.5">
        {view.copies === null ? (
          <Pill tone="plain" data-testid="copies-local">
            {words.path.copyingUnknown}
          </Pill>
        ) : (
          <>
            <Tooltip text={fill(words.path.rule, { rule: rule(view.copies.rule) })}>
              <span tabIndex={0} className="rounded-control">
                <Pill tone={view.copies.cpu === 0 ? 'strong' : 'cpu'} data-testid="copies-local">
                  {fill(words.path.copying, { cpu: view.copies.cpu })}
                </Pill>
              </span>
            </Tooltip>
            <Pill tone="dma" data-testid="copies-dma">
              {fill(words.path.dma, { dma: view.copies.dma })}
            </Pill>
          </>
        )}
      </div>
      <p
        className="selectable rounded-card bg-sunken px-3 py-2.5 text-xs leading-[18px] text-ink-2"
        data-testid="reason"
      >
        {why !== null && technique !== null && (
          <>
            <strong className="font-semibold text-ink">{technique}</strong>
            {refused.length === 0 ? words.path.becauseWord : words.path.fellBackWord}
            {refused.length === 0
              ? reason(why)
              : refused
                  .map((from) =>
                    fill(words.path.fellBack, { technique: from.technique, reason: reason(from.why) }),
                  )
                  .join(words.path.fellBackAnd)}
            {words.path.becauseEnd}
          </>
        )}
        {path.caption !== null && words.path.captions[path.caption]}
      </p>
    </section>
  )
}
