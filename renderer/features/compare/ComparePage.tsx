import { CircleAlert, CircleSlash, Download, Image, Play, Scale, Square } from 'lucide-react'
import type {
  Comparison,
  ComparePreset,
  CompareProgress,
  CompareRow,
} from '../../../main/contract/compare.ts'
import type { Problem } from '../../../main/contract/errors.ts'
import type { Comparing } from '../../../main/contract/compare.ts'
import { catalogue, format, variantName } from '../../../main/messages/index.ts'
import {
  againstSentence,
  memorySentence,
  queueSentences,
  verdictSentences,
} from '../../../main/messages/verdict.ts'
import { useWords } from '../../i18n/words.ts'
import {
  isComparing,
  saveComparison,
  startComparing,
  stopComparing,
  useCompare,
} from '../../state/compare.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Progress } from '../../ui/marks/Progress.tsx'
import { ViewSwitch } from '../../ui/controls/ViewSwitch.tsx'
import { Bars } from './Bars.tsx'
import { Controls } from './Controls.tsx'
import { measuresOf, rulesOf } from './figures.ts'
import { pictureOf } from './picture.ts'
import { CompareTable } from './Table.tsx'

function Measured({
  rows,
  preset,
}: {
  readonly rows: readonly CompareRow[]
  readonly preset: ComparePreset
}) {
  const { words, language, fill } = useWords()
  const rules = rulesOf(rows, language)
  return (
    <>
      <div className="grid shrink-0 grid-cols-[repeat(auto-fit,minmax(330px,1fr))] gap-3">
        {measuresOf(preset).map(({ title, note, ...measure }) => (
          <Bars
            key={title}
            title={words.compare[title]}
            note={words.compare[note]}
            rows={rows}
            {...measure}
          />
        ))}
      </div>
      <CompareTable rows={rows} preset={preset} />
      {rules !== '' && (
        <p className="selectable text-xs text-ink-3">
          {fill(catalogue(language).compare.rules, { list: rules })}
        </p>
      )}
    </>
  )
}

/** Whether the best technique differs between the two cases of a message queue. */
function Queues({ comparison }: { readonly comparison: Comparison }) {
  const { words, language } = useWords()
  const { log, scattered } = useCompare((state) => state.queues)
  const { preset, peer } = comparison
  if (preset !== 'log' && preset !== 'scattered') return null
  if (log === null || scattered === null || log.peer !== peer || scattered.peer !== peer) {
    const other = words.compare.presets[preset === 'log' ? 'scattered' : 'log'].text
    return <p className="text-sm text-ink-2">{format(words.compare.otherQueue, { other }, language)}</p>
  }
  return queueSentences(log, scattered, language).map((text) => (
    <p key={text} data-testid="queues" className="text-sm">
      {text}
    </p>
  ))
}

function Verdict({ comparison }: { readonly comparison: Comparison }) {
  const { words, language, fill } = useWords()
  const { title, files, bytes } = comparison
  const inMemory = memorySentence(comparison, language)
  const save = (as: 'csv' | 'png'): void => {
    if (as === 'csv') void saveComparison({ as })
    else void saveComparison({ as, base64: pictureOf(comparison, language) })
  }
  return (
    <section
      aria-label={words.compare.verdict}
      className="flex shrink-0 flex-wrap items-start gap-x-6 gap-y-2"
    >
      <div className="selectable min-w-72 flex-1">
        {verdictSentences(comparison, language).map((text) => (
          <p key={text} data-testid="verdict" className="text-sm font-medium">
            {text}
          </p>
        ))}
        <Queues comparison={comparison} />
        <p className="pt-1 text-xs text-ink-3">
          {fill(catalogue(language).compare.title, { title, files, bytes })}
        </p>
        <p className="text-xs text-ink-3">{againstSentence(comparison, language)}</p>
        {inMemory !== null && <p className="text-xs text-ink-3">{inMemory}</p>}
      </div>
      <div className="flex gap-2">
        <Button size="small" onClick={() => save('csv')}>
          <Download size={14} aria-hidden />
          {words.compare.csv}
        </Button>
        <Button size="small" onClick={() => save('png')}>
          <Image size={14} aria-hidden />
          {words.compare.png}
        </Button>
      </div>
    </section>
  )
}

function Status({ text }: { readonly text: string }) {
  return (
    <p role="status" className="tabular text-sm text-ink-2">
      {text}
    </p>
  )
}

function Standing({ progress }: { readonly progress: CompareProgress }) {
  const { words, language, fill } = useWords()
  const { round, rounds, variant, done, total } = progress
  const { warmUp, round: template } = catalogue(language).compare
  const text = fill(round === 0 ? warmUp : template, {
    round,
    rounds,
    number: done + 1,
    total,
    technique: variantName(variant),
  })
  return (
    <div className="flex shrink-0 flex-col gap-1.5">
      <Status text={text} />
      <Progress value={done / total} label={words.compare.progress} />
      <p className="text-xs text-ink-3">{againstSentence(progress, language)}</p>
    </div>
  )
}

function Stopped({ progress }: { readonly progress: CompareProgress | null }) {
  const { words, fill } = useWords()
  if (progress === null || !progress.rows.some(({ runs }) => runs > 0)) {
    return (
      <Empty
        icon={<CircleSlash size={28} aria-hidden />}
        title={words.compare.stopped}
        text={words.compare.stoppedEarly}
      >
        <Again />
      </Empty>
    )
  }
  const { done, total, rows, preset } = progress
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center justify-between gap-2">
        <Status text={fill(words.compare.stoppedAt, { done, total })} />
        <Again />
      </div>
      <Measured rows={rows} preset={preset} />
    </>
  )
}

function Again() {
  const { words } = useWords()
  return (
    <Button className="mt-2" onClick={() => void startComparing()}>
      {words.compare.again}
    </Button>
  )
}

function Failed({ problem }: { readonly problem: Problem }) {
  const { explain } = useWords()
  const { summary, next } = explain(problem)
  return (
    <Empty icon={<CircleAlert size={28} aria-hidden />} title={summary} text={next}>
      <Again />
    </Empty>
  )
}

function Content({ comparing }: { readonly comparing: Comparing | null }) {
  const { words } = useWords()
  switch (comparing?.kind) {
    case undefined:
      return (
        <Empty
          icon={<Scale size={28} aria-hidden />}
          title={words.compare.emptyTitle}
          text={words.compare.emptyText}
        />
      )
    case 'preparing':
      return <Status text={words.compare.preparing} />
    case 'running':
      return (
        <>
          <Standing progress={comparing.progress} />
          <Measured {...comparing.progress} />
        </>
      )
    case 'stopping':
      return (
        <>
          <Status text={words.compare.stopping} />
          {comparing.progress && <Measured {...comparing.progress} />}
        </>
      )
    case 'stopped':
      return <Stopped progress={comparing.progress} />
    case 'failed':
      return <Failed problem={comparing.problem} />
    case 'done':
      return (
        <>
          <Verdict comparison={comparing.comparison} />
          <Measured {...comparing.comparison} />
        </>
      )
  }
}

/** Sends the same data to the same receiver by one technique after the other, side by side. */
export function ComparePage() {
  const { words } = useWords()
  const comparing = useCompare((state) => state.comparing)
  const running = isComparing(comparing)
  return (
    <main className="flex h-full min-h-0 flex-col" aria-label={words.compare.title}>
      <div className="flex h-[62px] shrink-0 items-center justify-between px-4">
        <ViewSwitch />
        {running ? (
          <Button
            look="danger"
            disabled={comparing?.kind === 'stopping'}
            onClick={() => void stopComparing()}
          >
            <Square size={14} aria-hidden />
            {words.compare.stop}
          </Button>
        ) : (
          <Button look="primary" onClick={() => void startComparing()}>
            <Play size={14} aria-hidden />
            {words.compare.start}
          </Button>
        )}
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-4 pb-4">
        <Controls disabled={running} />
        <Content comparing={comparing} />
      </div>
    </main>
  )
}
