import { CONTROL_FRAMES, encodeFrame, FRAME_TYPES, type Frame, HEADER_BYTES } from './frames.ts'
import type { ScriptedStream } from './sender.ts'

const CONTROL_TYPES = new Set<number>(CONTROL_FRAMES.map((name) => FRAME_TYPES[name]))
const STREAM_END = encodeFrame({ name: 'STREAM_END' })

/**
 * A control stream and a content stream as one: each frame is written where it travels, STREAM_END before END, and what is
 * no frame where content travels. After END everything is written on the control stream.
 */
export class StreamPair implements ScriptedStream {
  readonly closed: Promise<void>
  readonly #control: ScriptedStream
  readonly #content: ScriptedStream
  #contentEnded = false

  constructor(control: ScriptedStream, content: ScriptedStream) {
    this.#control = control
    this.#content = content
    this.closed = control.closed
  }

  get frames(): readonly Frame[] {
    return [...this.#content.frames, ...this.#control.frames]
  }

  write(bytes: Buffer): void {
    const content: Buffer[] = []
    const control: Buffer[] = []
    for (let rest = bytes; rest.length > 0;) {
      const length = rest.length < HEADER_BYTES ? 0 : Number(rest.readBigUInt64LE(16))
      const frame = rest.subarray(0, HEADER_BYTES + length)
      this.#route(frame, content, control)
      rest = rest.subarray(frame.length)
    }
    // In one write each: what follows a frame is there when that is read.
    if (content.length > 0) this.#content.write(Buffer.concat(content))
    if (control.length > 0) this.#control.write(Buffer.concat(control))
  }

  /** Ends the control stream once the other side has closed the content: it must be able to read all of that first. */
  end(bytes: Buffer): void {
    this.write(bytes)
    const nothing = Buffer.alloc(0)
    this.#content.end(nothing)
    void this.#content.closed.then(() => this.#control.end(nothing))
  }

  async frame(name: Frame['name']): Promise<Frame | null> {
    return CONTROL_FRAMES.includes(name) ? this.#control.frame(name) : this.#content.frame(name)
  }

  next(): Promise<void> {
    return Promise.race([this.#control.next(), this.#content.next()])
  }

  close(): void {
    this.#content.close()
    this.#control.close()
  }

  #route(frame: Buffer, content: Buffer[], control: Buffer[]): void {
    const type = frame[0] ?? 0
    const isOver = this.#contentEnded || this.#content.frames.some(({ name }) => name === 'STREAM_END')
    if (type === FRAME_TYPES.END && frame.length === HEADER_BYTES && !isOver) {
      this.#contentEnded = true
      content.push(STREAM_END)
    }
    const onControl = isOver || CONTROL_TYPES.has(type)
    if (type === FRAME_TYPES.KEEPALIVE && !onControl) control.push(frame)
    if (onControl) control.push(frame)
    else content.push(frame)
  }
}
