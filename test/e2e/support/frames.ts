import type { Page } from 'playwright-core'

/** How evenly a window drew, in milliseconds between one frame and the next. */
export interface Frames {
  readonly count: number
  readonly p95: number
  /** How far the element went, up and down, in CSS pixels. */
  readonly travelled: number
}

/**
 * Draws for a while and scrolls an element up and down during that; `null` only draws, which shows what the machine
 * itself takes away from a window at rest.
 */
export async function scroll(page: Page, selector: string | null, milliseconds: number): Promise<Frames> {
  const { intervals, travelled } = await page.evaluate(
    ([wanted, time]) =>
      new Promise<{ intervals: number[]; travelled: number }>((resolve) => {
        const scroller = wanted === null ? null : document.querySelector(wanted)
        const seen: number[] = []
        const began = performance.now()
        let before: number | null = null
        let step = 120
        let went = 0
        // A method, since the compiler gives functions their names by a helper that the page does not have.
        const loop = {
          frame(now: number): void {
            if (before !== null) seen.push(now - before)
            before = now
            if (scroller) {
              const held = scroller.scrollTop
              scroller.scrollTop += step
              went += Math.abs(scroller.scrollTop - held)
              if (scroller.scrollTop === held) step = -step
            }
            if (now - began < time) requestAnimationFrame(loop.frame)
            else resolve({ intervals: seen, travelled: went })
          },
        }
        requestAnimationFrame(loop.frame)
      }),
    [selector, milliseconds] as const,
  )
  const sorted = intervals.toSorted((a, b) => a - b)
  return {
    count: sorted.length,
    p95: sorted[Math.floor(sorted.length * 0.95)] ?? Number.POSITIVE_INFINITY,
    travelled,
  }
}
