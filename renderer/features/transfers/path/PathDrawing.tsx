import { memo, useLayoutEffect, useRef, useState } from 'react'
import { useWords } from '../../../i18n/words.ts'
import type { ArrowKind, BoxId, BytePath } from './bytePath.ts'
import { layOut, type PlacedArrow, type PlacedBox, type PlacedPath } from './pathLayout.ts'

const STROKES: Readonly<
  Record<
    ArrowKind,
    { readonly line: string; readonly ink: string; readonly width: number; readonly dash?: string }
  >
> = {
  cpu: { line: 'var(--cpu)', ink: 'var(--cpu-ink)', width: 2.5 },
  dma: { line: 'var(--dma)', ink: 'var(--dma)', width: 1.75 },
  gather: { line: 'var(--dma)', ink: 'var(--dma)', width: 1.75 },
  reference: { line: 'var(--accent)', ink: 'var(--accent)', width: 2.25, dash: '3 5' },
  mapped: { line: 'var(--accent)', ink: 'var(--accent)', width: 2.25, dash: '2 4' },
  encryption: { line: 'var(--cipher)', ink: 'var(--cipher-ink)', width: 2.5, dash: '11 3' },
  decryption: { line: 'var(--cipher)', ink: 'var(--cipher-ink)', width: 2.5, dash: '11 3' },
  shared: { line: 'var(--accent)', ink: 'var(--accent)', width: 2.25, dash: '2 4' },
  memory: { line: 'var(--control)', ink: 'var(--ink-3)', width: 1.5 },
  unknown: { line: 'var(--control)', ink: 'var(--ink-3)', width: 1.5, dash: '2 4' },
}

const LINK = 24

/** Whether the hop moves no bytes: the same pages or blocks under two names. */
function stays(kind: ArrowKind): boolean {
  return kind === 'mapped' || kind === 'shared'
}

function Box({ box, name }: { readonly box: PlacedBox; readonly name: string }) {
  const mapping = box.id === 'mapping' || box.id === 'mappings'
  const sealed = box.id === 'sealed'
  const stroke = mapping ? 'var(--accent)' : sealed ? 'var(--cipher)' : 'var(--control)'
  return (
    <g>
      <rect
        x={box.x}
        y={box.y}
        width={box.width}
        height={box.height}
        rx={8}
        fill="var(--surface)"
        stroke={stroke}
        strokeWidth={mapping || sealed ? 1.5 : 1}
        strokeDasharray={mapping ? '3 3' : undefined}
      />
      <text
        x={box.x + box.width / 2}
        y={box.y + box.height / 2 + 4}
        textAnchor="middle"
        fontSize={12}
        fontWeight={600}
        fill="var(--ink)"
      >
        {name}
      </text>
    </g>
  )
}

/** Dots that run along an arrow; their speed follows the rate in steps, so that a sample rarely restarts the animation. */
function Dots({ d, kind, level }: { readonly d: string; readonly kind: ArrowKind; readonly level: number }) {
  const seconds = Math.max(0.35, 2 - level * 0.12)
  return (
    <g className="motion-reduce:hidden">
      {[0, 0.5].map((part) => (
        <circle key={part} r={2.75} fill={STROKES[kind].ink} stroke="var(--surface)" strokeWidth={1}>
          <animateMotion
            path={d}
            dur={`${seconds}s`}
            begin={`${-part * seconds}s`}
            repeatCount="indefinite"
          />
        </circle>
      ))}
    </g>
  )
}

function Line({
  arrow,
  word,
  level,
}: {
  readonly arrow: PlacedArrow
  readonly word: string
  readonly level: number | null
}) {
  const { line, ink, width, dash } = STROKES[arrow.kind]
  return (
    <g>
      <path
        d={arrow.d}
        fill="none"
        stroke={line}
        strokeWidth={width}
        strokeDasharray={dash}
        markerEnd={stays(arrow.kind) ? undefined : `url(#head-${arrow.kind})`}
      />
      {level !== null && !stays(arrow.kind) && <Dots d={arrow.d} kind={arrow.kind} level={level} />}
      <text x={arrow.word.x} y={arrow.word.y} textAnchor={arrow.word.anchor} fontSize={11} fill={ink}>
        {word}
      </text>
    </g>
  )
}

function MachineFloors({
  placed,
  top,
  caption,
  level,
}: {
  readonly placed: PlacedPath
  readonly top: number
  /** The boxes on the floor of user space. */
  readonly caption: string
  readonly level: number | null
}) {
  const { words } = useWords()
  const closed = placed.boxes.every(({ floor }) => floor === 'kernel')
  const { user } = placed
  const below = user.y === 0
  return (
    <g transform={`translate(0 ${top})`}>
      <rect
        {...{ x: user.x, y: user.y, width: user.width, height: user.height }}
        rx={10}
        fill="var(--sunken)"
      />
      <text
        x={12}
        y={closed ? user.y + 21 : below ? user.y + 16 : user.y + user.height - 8}
        fontSize={11}
        fill="var(--ink-2)"
      >
        {caption}
      </text>
      {!closed && (
        <text
          x={placed.kernelWord.x}
          y={placed.kernelWord.y}
          textAnchor="end"
          fontSize={11}
          fill="var(--ink-3)"
        >
          {words.path.kernel}
        </text>
      )}
      {placed.arrows.map((arrow) => (
        <Line
          key={`${arrow.from}-${arrow.to}`}
          arrow={arrow}
          word={words.path.words[arrow.kind]}
          level={level}
        />
      ))}
      {placed.boxes.map((box) => (
        <Box key={box.id} box={box} name={words.path.boxes[box.id]} />
      ))}
    </g>
  )
}

function Heads() {
  return (
    <defs>
      {Object.entries(STROKES).map(([kind, { line }]) => (
        <marker
          key={kind}
          id={`head-${kind}`}
          markerUnits="userSpaceOnUse"
          markerWidth={9}
          markerHeight={9}
          refX={8}
          refY={4.5}
          orient="auto"
        >
          <path d="M0 0.5L9 4.5L0 8.5z" fill={line} />
        </marker>
      ))}
    </defs>
  )
}

/** One machine of the drawing. Samples come ten times a second: pass the same object while nothing has changed. */
export interface Machine {
  readonly name: string
  readonly path: BytePath
  /** The machine does not report how it works. */
  readonly silent: boolean
}

export interface PathDrawingProps {
  readonly sender: Machine
  /** Null: the path ends on the machine where it begins. */
  readonly receiver: Machine | null
  /** Whether both ends are on this machine. */
  readonly sameMachine: boolean
  /** 0 to 14 by the rate while bytes move; null while they do not. */
  readonly level: number | null
}

/** The two floors of both machines, and every hop of the bytes with its kind. */
export const PathDrawing = memo(function PathDrawing({
  sender,
  receiver,
  sameMachine,
  level,
}: PathDrawingProps) {
  const { words, fill } = useWords()
  const host = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(632)
  useLayoutEffect(() => {
    const element = host.current
    if (element === null) return undefined
    const measure = (): void => {
      if (element.clientWidth > 0) setWidth(Math.max(430, element.clientWidth))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const names = { box: (id: BoxId): string => words.path.boxes[id] }
  const above = layOut(sender.path, width, names, true)
  const under = receiver && layOut(receiver.path, width, names, false)
  const height = above.height + (under === null ? 0 : LINK + under.height)
  const isCard = ({ id }: PlacedBox): boolean => id === 'card' || id === 'virtual' || id === 'loopback'
  const cardAbove = above.boxes.find(isCard)
  const cardUnder = under?.boxes.find(isCard)
  const captionOf = ({ name, path, silent }: Machine, quiet: string): string => {
    if (silent) return fill(quiet, { machine: name })
    return fill(path.user.length === 0 ? words.path.userNothing : words.path.user, { machine: name })
  }
  const steps = [...sender.path.arrows, ...(receiver?.path.arrows ?? [])]
    .map(({ from, to, kind }) =>
      fill(words.path.step, {
        from: words.path.boxes[from],
        to: words.path.boxes[to],
        how: words.path.words[kind],
      }),
    )
    .join(' ')
  const link = sameMachine ? words.path.sameMachine : words.path.network
  return (
    <div ref={host} className="overflow-hidden">
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={fill(words.path.label, { from: sender.name, to: (receiver ?? sender).name, steps })}
        data-testid="byte-path"
      >
        <Heads />
        {cardAbove && cardUnder && (
          <g>
            <path
              d={`M${cardAbove.x + cardAbove.width / 2} ${cardAbove.y + cardAbove.height}V${above.height + LINK + cardUnder.y}`}
              stroke="var(--ink-3)"
              strokeWidth={1.5}
              strokeDasharray="2 3"
            />
            <text
              x={cardAbove.x + cardAbove.width / 2 - 10}
              y={above.height + LINK / 2 + 4}
              textAnchor="end"
              fontSize={11}
              fill="var(--ink-3)"
            >
              {link}
            </text>
          </g>
        )}
        <MachineFloors
          placed={above}
          top={0}
          caption={captionOf(sender, words.path.silentSend)}
          level={sender.silent ? null : level}
        />
        {receiver !== null && under !== null && (
          <MachineFloors
            placed={under}
            top={above.height + LINK}
            caption={captionOf(receiver, words.path.silent)}
            level={receiver.silent ? null : level}
          />
        )}
      </svg>
    </div>
  )
})

/** Steps of the dots' speed: 0 below a megabyte a second, one more for each doubling. */
export function levelOf(rate: number | null): number | null {
  if (rate === null || rate <= 0) return null
  return Math.max(0, Math.min(14, Math.round(Math.log2(rate / 1e6 + 1))))
}
