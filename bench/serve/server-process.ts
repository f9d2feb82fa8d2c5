/** The server under load, in a process of its own: says where it is, and when asked, how it fares. */
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { serve } from '../../src/serve/server.ts'

/** How the process fared since it was last asked. */
export interface Vitals {
  /** The longest time for which the event loop was held, in milliseconds. */
  readonly longestBlock: number
  /**
   * The most processor time, in milliseconds, that the thread of the event loop took between two looks at it. Unlike
   * the time by the clock, it does not count what other programs on the same cores took.
   */
  readonly longestWork: number
  /** Seconds of processor time, of all threads. */
  readonly cpu: number
  /** Bytes in memory now. */
  readonly memory: number
}

export type FromServer = { readonly url: string } | Vitals

/** Between two looks at the event loop, in milliseconds; what it measures beyond that is delay. */
const resolution = 5

const [model, workers] = process.argv.slice(2) as [string, string]
const server = await serve(model, { port: 0, workers: Number(workers) })
const delays = monitorEventLoopDelay({ resolution })
delays.enable()
let last = process.cpuUsage()
let worked = threadTime()
let mostWork = 0
setInterval(() => {
  const now = threadTime()
  mostWork = Math.max(mostWork, now - worked)
  worked = now
}, resolution).unref()

/** Milliseconds of processor time of this thread (Linux, Documentation/scheduler/sched-stats). */
function threadTime(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6
}

function vitals(): Vitals {
  const { user, system } = process.cpuUsage(last)
  last = process.cpuUsage()
  const longestBlock = Math.max(0, delays.max / 1e6 - resolution)
  delays.reset()
  const longestWork = mostWork
  mostWork = 0
  return { longestBlock, longestWork, cpu: (user + system) / 1e6, memory: process.memoryUsage.rss() }
}

const say = (message: FromServer): void => void process.send!(message)
process.on('message', async message => {
  if (message === 'vitals') return say(vitals())
  await server.close()
  process.disconnect()
})
say({ url: server.url })
