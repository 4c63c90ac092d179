import type { Arrow, ArrowKind, BoxId, BytePath } from './bytePath.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface PlacedBox extends Point {
  readonly id: BoxId
  readonly width: number
  readonly height: number
  readonly floor: 'user' | 'kernel'
}

export interface PlacedArrow {
  readonly kind: ArrowKind
  readonly from: BoxId
  readonly to: BoxId
  /** SVG path from the edge of one box to the edge of the other. */
  readonly d: string
  readonly word: Point & { readonly anchor: 'start' | 'middle' | 'end' }
}

export interface PlacedPath {
  readonly boxes: readonly PlacedBox[]
  readonly arrows: readonly PlacedArrow[]
  /** The floor of user space, as a rectangle. */
  readonly user: Point & { readonly width: number; readonly height: number }
  readonly kernelWord: Point
  readonly height: number
}

/** Approximate width of a text of 12 px semibold, for the box around it. */
export function textWidth(text: string): number {
  let width = 0
  for (const letter of text) width += /[\u2e80-\uffef]/u.test(letter) ? 12.4 : 7.1
  return width
}

const BOX_HEIGHT = 36
const USER_BOX_HEIGHT = 28
const USER_OPEN = 62
const USER_CLOSED = 34
const GAP_OPEN = 44
const GAP_CLOSED = 20
const WORDS = 26
const MARGIN = 14

interface Names {
  readonly box: (id: BoxId) => string
}

/** Kernel boxes in a row over the whole width; a receiver's path runs from right to left. */
function rowOf(
  ids: readonly BoxId[],
  width: number,
  y: number,
  names: Names,
  mirrored: boolean,
): PlacedBox[] {
  // A path that bypasses the page cache, or does not reach a disk, leaves that place empty, so that the other boxes keep
  // their places.
  const both: readonly BoxId[] = mirrored ? ['cache', 'disk'] : ['disk', 'cache']
  const isWhole = both.every((id) => ids.includes(id))
  const whole = isWhole ? ids : ids.flatMap((id) => (both.includes(id) ? both : [id]))
  const inOrder = mirrored ? [...whole].reverse() : whole
  const widths = inOrder.map((id) => Math.max(64, textWidth(names.box(id)) + 24))
  const inner = width - 2 * MARGIN
  const gap =
    inOrder.length > 1 ? (inner - widths.reduce((sum, one) => sum + one, 0)) / (inOrder.length - 1) : 0
  let x = MARGIN
  const placed = inOrder.map((id, index): PlacedBox => {
    const own = widths[index] ?? 0
    const box: PlacedBox = { id, x, y, width: own, height: BOX_HEIGHT, floor: 'kernel' }
    x += own + gap
    return box
  })
  return placed.filter(({ id }) => ids.includes(id))
}

function centre(box: PlacedBox): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** Boxes of user space: a mapping and the check above the page cache, buffers spread between the boxes that they join. */
function userRow(path: BytePath, kernel: readonly PlacedBox[], y: number, names: Names): PlacedBox[] {
  const at = (id: BoxId | undefined): number => {
    const box = kernel.find((one) => one.id === id)
    return box === undefined ? 0 : centre(box).x
  }
  const [first] = path.user
  if (first === undefined) return []
  const sizes = path.user.map((id) => textWidth(names.box(id)) + 24)
  const place = (id: BoxId, middle: number, index: number): PlacedBox => {
    const width = sizes[index] ?? 0
    return { id, x: middle - width / 2, y, width, height: USER_BOX_HEIGHT, floor: 'user' }
  }
  if (first === 'mapping' || first === 'mappings' || first === 'check') return [place(first, at('cache'), 0)]
  const enter = path.arrows.find(({ to }) => to === first)?.from
  const last = path.user.at(-1)
  const leave = path.arrows.find(({ from }) => from === last)?.to
  const [a, b] = [at(enter), at(leave)]
  if (path.user.length === 1) return [place(first, (a + b) / 2, 0)]
  const second = path.user[1] ?? first
  // Wide enough for the cipher's arrow and label.
  const half = Math.max(Math.abs(b - a) / 2, ((sizes[0] ?? 0) + (sizes[1] ?? 0)) / 4 + 42)
  const middle = (a + b) / 2
  const sign = b >= a ? 1 : -1
  return [place(first, middle - sign * half, 0), place(second, middle + sign * half, 1)]
}

function between(a: PlacedBox, b: PlacedBox, wordY: number): Pick<PlacedArrow, 'd' | 'word'> {
  const rightwards = centre(b).x > centre(a).x
  const from = rightwards ? a.x + a.width : a.x
  const to = rightwards ? b.x : b.x + b.width
  const y = centre(a).y
  return { d: `M${from} ${y}L${to} ${y}`, word: { x: (from + to) / 2, y: wordY, anchor: 'middle' } }
}

/** A step that leaves the bytes where they rest: a loop at the edge of the box towards user space, beside arrows that climb. */
function loop(box: PlacedBox, open: boolean, down: boolean): Pick<PlacedArrow, 'd' | 'word'> {
  const edge = down ? box.y : box.y + box.height
  const out = down ? -1 : 1
  const from = centre(box).x + (open ? 6 : -12)
  const to = from + 24
  return {
    d: `M${from} ${edge}C${from} ${edge + out * 18} ${to} ${edge + out * 18} ${to} ${edge}`,
    word: { x: to + 6, y: down ? edge - 6 : edge + 14, anchor: 'start' },
  }
}

/** From one floor to the other: straight up if the boxes overlap, otherwise with a rounded corner. */
function climb(a: PlacedBox, b: PlacedBox, down: boolean): Pick<PlacedArrow, 'd' | 'word'> {
  const [low, high] = a.floor === 'kernel' ? [a, b] : [b, a]
  const lowEdge = down ? low.y : low.y + low.height
  const highEdge = down ? high.y + high.height : high.y
  const lowX = centre(low).x
  const inside = lowX > high.x + 10 && lowX < high.x + high.width - 10
  const up = a.floor === 'kernel'
  const side = lowX <= centre(high).x ? -1 : 1
  const wordY = down ? lowEdge - 18 : lowEdge + 24
  const word = { x: lowX + side * 8, y: wordY, anchor: side < 0 ? 'end' : 'start' } as const
  if (inside) {
    return {
      d: up ? `M${lowX} ${lowEdge}L${lowX} ${highEdge}` : `M${lowX} ${highEdge}L${lowX} ${lowEdge}`,
      word,
    }
  }
  const highY = centre(high).y
  const highX = side < 0 ? high.x : high.x + high.width
  const bend = Math.min(14, Math.abs(highX - lowX))
  const toward = highX > lowX ? 1 : -1
  const corner = down ? 1 : -1
  const path = up
    ? `M${lowX} ${lowEdge}L${lowX} ${highY + corner * bend}Q${lowX} ${highY} ${lowX + toward * bend} ${highY}L${highX} ${highY}`
    : `M${highX} ${highY}L${lowX + toward * bend} ${highY}Q${lowX} ${highY} ${lowX} ${highY + corner * bend}L${lowX} ${lowEdge}`
  return { d: path, word }
}

/**
 * Lays out one machine's path in a width in pixels. `down` draws user space above the kernel; otherwise the drawing is
 * mirrored, for the machine at the other end.
 */
export function layOut(path: BytePath, width: number, names: Names, down: boolean): PlacedPath {
  const open = path.user.length > 0
  const userHeight = open ? USER_OPEN : USER_CLOSED
  const gap = open ? GAP_OPEN : GAP_CLOSED
  const height = userHeight + gap + BOX_HEIGHT + WORDS
  const userY = down ? 0 : height - userHeight
  const kernelY = down ? userHeight + gap : WORDS
  const wordY = down ? kernelY + BOX_HEIGHT + 18 : kernelY - 10
  const kernel = rowOf(path.kernel, width, kernelY, names, path.role === 'receiver')
  const user = userRow(path, kernel, down ? userY + 24 : userY + 10, names)
  const boxes = [...kernel, ...user]
  const find = (id: BoxId): PlacedBox | undefined => boxes.find((box) => box.id === id)
  const arrows = path.arrows.flatMap((arrow: Arrow): PlacedArrow[] => {
    const [a, b] = [find(arrow.from), find(arrow.to)]
    if (a === undefined || b === undefined) return []
    const beside = a.floor === 'user' && b.floor === 'user'
    const level = a.floor === b.floor
    const placed =
      a === b
        ? loop(a, open, down)
        : level
          ? between(a, b, beside ? centre(a).y - 8 : wordY)
          : climb(a, b, down)
    // A mapping's label is beside its view if there is room.
    const word =
      arrow.kind === 'mapped'
        ? { x: b.x + b.width + 8, y: centre(b).y + 4, anchor: 'start' as const }
        : placed.word
    return [{ kind: arrow.kind, from: arrow.from, to: arrow.to, d: placed.d, word }]
  })
  return {
    boxes,
    arrows,
    user: { x: 0, y: userY, width, height: userHeight },
    kernelWord: { x: width - MARGIN, y: down ? userHeight + 18 : height - userHeight - 10 },
    height,
  }
}
