import { readFile, rm } from 'node:fs/promises'
import type { ElectronApplication } from 'playwright-core'
import { z } from 'zod'

/** The longest work that the two threads a user waits for did without a pause, in milliseconds. */
export interface Busy {
  readonly main: Longest
  readonly window: Longest
}

export interface Longest {
  /**
   * By the thread's own clock, so that other load does not count. That clock may be behind and catch up within
   * a task of no length, so that a task never counts for more than it took by the wall clock.
   */
  readonly cpu: number
  /** By the wall clock, waiting for a processor or a disk included. */
  readonly wall: number
  /** The thread's own time of every task. */
  readonly tasks: readonly number[]
}

const eventSchema = z.looseObject({
  ph: z.string(),
  name: z.string(),
  pid: z.number(),
  tid: z.number(),
  dur: z.number().default(0),
  tdur: z.number().optional(),
  args: z.looseObject({ name: z.string().optional(), src_file: z.string().optional() }).default({}),
})

const traceSchema = z.object({ traceEvents: z.array(eventSchema) })

/** One turn of a thread's loop, as Chromium traces it; a turn of Node's loop in the main process is inside of one. */
const TASK = 'ThreadControllerImpl::RunTask'
/** The main process reads the test's requests: no work of the application. */
const OF_THE_TEST = 'devtools_http_handler.cc'
const THREADS = { main: 'CrBrowserMain', window: 'CrRendererMain' } as const

/** Begins to record the tasks of an application's main process and its window. */
export async function record(app: ElectronApplication): Promise<() => Promise<Busy>> {
  await app.evaluate(({ contentTracing }) =>
    contentTracing.startRecording({ included_categories: ['toplevel'], excluded_categories: ['*'] }),
  )
  return async () => {
    const path = await app.evaluate(({ contentTracing }) => contentTracing.stopRecording())
    const { traceEvents } = traceSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    await rm(path)
    return { main: longestOf(traceEvents, THREADS.main), window: longestOf(traceEvents, THREADS.window) }
  }
}

function longestOf(events: readonly z.infer<typeof eventSchema>[], threadName: string): Longest {
  const threads = new Set(
    events
      .filter(({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args.name === threadName)
      .map(({ pid, tid }) => `${pid}:${tid}`),
  )
  const tasks = events.filter(
    ({ ph, name, pid, tid, args }) =>
      ph === 'X' &&
      name === TASK &&
      threads.has(`${pid}:${tid}`) &&
      args.src_file?.endsWith(OF_THE_TEST) !== true,
  )
  // A task without a time of its own would count as a short one.
  if (tasks.length === 0 || tasks.every(({ tdur }) => tdur === undefined))
    throw new Error(`nothing was recorded of ${threadName}`)
  const longest = (times: readonly number[]): number =>
    times.reduce((most, time) => Math.max(most, time), 0) / 1000
  const own = tasks.map(({ dur, tdur }) => Math.min(dur, tdur ?? 0))
  return {
    cpu: longest(own),
    wall: longest(tasks.map(({ dur }) => dur)),
    tasks: own.map((time) => time / 1000),
  }
}
