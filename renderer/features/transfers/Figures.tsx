import { useState } from 'react'
import type { Snapshot } from '../../../main/contract/ipc.ts'
import type { Counters } from '../../../main/contract/report.ts'
import { formatBytes, formatCount } from '../../../main/messages/index.ts'
import { catalogue } from '../../../main/messages/index.ts'
import { useWords } from '../../i18n/words.ts'
import { reportOf } from './words.ts'

/** The most frequent call. */
export function mainCall(syscalls: Readonly<Record<string, number>>): readonly [string, number] | null {
  const [most] = Object.entries(syscalls).sort(([, a], [, b]) => b - a)
  return most ?? null
}

/** Techniques whose name differs from the call that does their work. */
const CALLS: Readonly<Record<string, string>> = {
  clone: 'ioctl',
  copyrange: 'copy_file_range',
  copyfile: 'sendfile',
}

/** The calls that move content: the technique's own call if it is among them, otherwise the most frequent one. */
export function callOf(
  syscalls: Readonly<Record<string, number>>,
  technique: string | null,
): readonly [string, number] | null {
  const name = technique === null ? null : (CALLS[technique] ?? technique)
  const own = name === null ? undefined : syscalls[name]
  return name !== null && own !== undefined ? [name, own] : mainCall(syscalls)
}

/** CPU seconds for each gigabyte, two significant decimals; null if one of the two was not measured. */
export function cpuPerGigabyte(counters: Pick<Counters, 'cpuSeconds'> | null, bytes: number): string | null {
  const cpu = counters?.cpuSeconds
  if (!cpu || bytes <= 0) return null
  return ((cpu.user + cpu.system) / (bytes / 1e9)).toFixed(2)
}

function Cell({
  name,
  value,
  testid,
}: {
  readonly name: string
  readonly value: string | null
  readonly testid: string
}) {
  const { words } = useWords()
  return (
    <div className="min-w-0 flex-1 basis-32 border-line px-3 py-2 not-first:border-l">
      <dt className="truncate text-2xs text-ink-2">{name}</dt>
      <dd
        className={value === null ? 'text-sm text-ink-3' : 'tabular text-base font-semibold'}
        data-testid={testid}
      >
        {value ?? words.detail.notMeasured}
      </dd>
    </div>
  )
}

/** The cost of the transfer on this machine, measured from its own threads. */
export function Figures({ snapshot }: { readonly snapshot: Snapshot }) {
  const { words, fill } = useWords()
  const { figures } = words
  const { view } = snapshot
  const report = reportOf(snapshot)
  const counters: Counters | null = report ?? view.counters
  const bytes = report?.bytes ?? view.bytes
  const technique = report?.technique ?? view.choice?.technique ?? null
  const cpu = cpuPerGigabyte(counters, bytes)
  const call = counters?.syscalls ? callOf(counters.syscalls, technique) : null
  const switches = counters?.contextSwitches
  const through = counters?.userCopyBytes ?? null
  return (
    <section aria-label={figures.label} className="flex flex-col gap-2">
      <dl className="flex overflow-hidden rounded-card border border-line">
        <Cell
          name={figures.cpu}
          value={cpu === null ? null : fill(figures.cpuUnit, { value: cpu })}
          testid="figure-cpu"
        />
        <Cell
          name={call === null ? figures.allCalls : fill(figures.calls, { name: call[0] })}
          value={call === null ? null : formatCount(call[1])}
          testid="figure-calls"
        />
        <Cell
          name={figures.userSpace}
          value={through === null ? null : formatBytes(through)}
          testid="figure-user"
        />
        <Cell
          name={figures.switches}
          value={switches ? formatCount(switches.voluntary + switches.involuntary) : null}
          testid="figure-switches"
        />
      </dl>
      <AllFigures snapshot={snapshot} counters={counters} />
    </section>
  )
}

function Row({
  name,
  value,
  testid,
}: {
  readonly name: string
  readonly value: string | null
  readonly testid?: string
}) {
  const { words } = useWords()
  return (
    <div className="flex justify-between gap-4 py-0.5">
      <dt className="text-ink-2">{name}</dt>
      <dd className="tabular selectable text-right" data-testid={testid}>
        {value ?? words.detail.notMeasured}
      </dd>
    </div>
  )
}

function FigureRows({
  snapshot,
  counters,
}: {
  readonly snapshot: Snapshot
  readonly counters: Counters | null
}) {
  const { words, fill, language, rule } = useWords()
  const { figures } = words
  const report = reportOf(snapshot)
  const seconds = (value: number | undefined): string | null =>
    value === undefined ? null : fill(figures.seconds, { value: value.toFixed(3) })
  const syscalls = Object.entries(counters?.syscalls ?? {}).sort(([, a], [, b]) => b - a)
  const { copies, choice } = snapshot.view
  const technique = report?.technique ?? choice?.technique ?? null
  const kernelCopied = counters?.kernelCopiedBytes ?? null
  return (
    <dl className="pt-2">
      <Row
        name={figures.copiesRow}
        value={
          copies === null
            ? null
            : fill(figures.copiesValue, {
                ...{ cpu: copies.cpu, dma: copies.dma, rule: rule(copies.rule) },
                ...(copies.cipherPasses === 0 ? {} : { passes: copies.cipherPasses }),
              })
        }
        testid="row-copies"
      />
      {technique === 'zerocopy' && (
        <Row
          name={figures.kernelCopied}
          value={kernelCopied === null ? null : formatBytes(kernelCopied)}
          testid="row-kernel-copied"
        />
      )}
      {report?.mapOptions?.map(({ option, windows, of }) => (
        <Row
          key={option}
          name={fill(figures.mapOption, { option })}
          value={fill(figures.mapWindows, { windows, of })}
        />
      ))}
      {report?.dontcache && (
        <Row
          name={figures.dontcache}
          value={fill(figures.dontcacheValue, { bytes: report.dontcache.bytes, of: report.dontcache.of })}
          testid="row-dontcache"
        />
      )}
      <Row name={figures.cpuUser} value={seconds(counters?.cpuSeconds?.user)} />
      <Row name={figures.cpuSystem} value={seconds(counters?.cpuSeconds?.system)} />
      <Row
        name={figures.voluntary}
        value={counters?.contextSwitches ? formatCount(counters.contextSwitches.voluntary) : null}
      />
      <Row
        name={figures.involuntary}
        value={counters?.contextSwitches ? formatCount(counters.contextSwitches.involuntary) : null}
      />
      {counters?.syscalls ? (
        syscalls.map(([name, count]) => <Row key={name} name={`${name}()`} value={formatCount(count)} />)
      ) : (
        <Row name={figures.allCalls} value={null} />
      )}
      {report !== null && (
        <>
          <Row
            name={figures.faults}
            value={report.pageFaults ? fill(figures.faultsValue, { ...report.pageFaults }) : null}
          />
          <Row
            name={figures.pagesLeft}
            value={report.cachedPagesLeft === null ? null : formatCount(report.cachedPagesLeft)}
            testid="row-pages-left"
          />
          <Row name={figures.checkMode} value={figures.checkModes[report.check.mode]} />
          <Row
            name={figures.checkBytes}
            value={report.check.bytes === null ? null : formatBytes(report.check.bytes)}
          />
          <Row
            name={figures.process}
            value={seconds(report.processCpuSeconds.user + report.processCpuSeconds.system)}
          />
          <Row name={figures.resident} value={formatBytes(report.peakRssBytes)} />
          {report.streams > 0 && <Row name={figures.streams} value={formatCount(report.streams)} />}
          <Row
            name={figures.durability}
            value={report.durability === null ? null : catalogue(language).durability[report.durability]}
          />
        </>
      )}
    </dl>
  )
}

/** Renders the content only while it is open: samples come ten times a second. */
function AllFigures(props: { readonly snapshot: Snapshot; readonly counters: Counters | null }) {
  const { words } = useWords()
  const [open, setOpen] = useState(false)
  return (
    <details
      className="rounded-card border border-line px-3 py-2 text-xs"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="text-ink-2">{words.figures.more}</summary>
      {open && <FigureRows {...props} />}
    </details>
  )
}
