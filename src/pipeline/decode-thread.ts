/** One worker thread of the decode pool, watched: it answers, or it is ended and says at which item. */
import { Worker } from 'node:worker_threads'
import type { Answer, Item, ServerData } from './decode-server.ts'

/** What a thread is started with, less what it makes itself. */
export interface ThreadOptions extends Omit<ServerData, 'progress'> {
  /** The worker's module. */
  readonly entry: URL
  /** An item that takes longer ends the thread: in milliseconds. */
  readonly patience: number
}

/** A chunk in work. */
export interface Job {
  readonly items: readonly Item[]
  /** Whether nobody waits for it any more. */
  readonly cancelled: () => boolean
  readonly done: (answer: Answer) => void
  /** The thread ended at `items[place]`; null when it ended before its first item of all. */
  readonly died: (place: number | null, reason: Error) => void
}

/** What a thread tells its scheduler. */
export interface ThreadEvents {
  readonly answered: () => void
  /** It is gone, and these jobs were not begun. */
  readonly died: (unfinished: readonly Job[]) => void
}

/** What a thread may take to begin its first item, on a busy machine: in milliseconds. */
const startTime = 60_000
/** How often a silent thread is looked at, in milliseconds. */
const watchInterval = 250

/** A thread that works on its jobs in order, and keeps the process alive only while it has some. */
export class DecodeThread {
  readonly #worker: Worker
  readonly #progress = new Int32Array(new SharedArrayBuffer(8))
  readonly #jobs: Job[] = []
  readonly #patience: number
  readonly #events: ThreadEvents
  #watch: NodeJS.Timeout | undefined
  /** The progress that was last seen to change, and when that was. */
  #seen = -1
  #since = 0
  #ended = false

  constructor({ entry, patience, preprocessing, limits }: ThreadOptions, events: ThreadEvents) {
    this.#patience = patience
    this.#events = events
    const workerData: ServerData = { preprocessing, limits, progress: this.#progress }
    // Node's flags are not handed on: some, such as --input-type, are not for a module in a file.
    this.#worker = new Worker(entry, { workerData, execArgv: [] })
    this.#worker.on('message', (answer: Answer) => this.#answered(answer))
    this.#worker.on('error', error => this.#die(error))
    this.#worker.on('exit', code => this.#die(new Error(`its decoder ended with status ${code}`)))
    this.#worker.unref()
  }

  /** How many jobs it has. */
  get load(): number {
    return this.#jobs.length
  }

  post(job: Job): void {
    this.#jobs.push(job)
    this.#worker.postMessage(job.items, this.#jobs.length === 1 ? givenBy(job) : [])
    if (this.#jobs.length === 1) this.#wake()
  }

  /** Ends the thread; its jobs are never answered. */
  async close(): Promise<void> {
    this.#ended = true
    this.#rest()
    await this.#worker.terminate()
  }

  #answered(answer: Answer): void {
    if (this.#ended) return // an answer that was on its way
    const job = this.#jobs.shift()
    if (this.#jobs.length === 0) this.#rest()
    job?.done(answer)
    this.#events.answered()
  }

  #wake(): void {
    this.#worker.ref()
    this.#seen = -1
    this.#watch ??= setInterval(() => this.#check(), watchInterval)
  }

  #rest(): void {
    clearInterval(this.#watch)
    this.#watch = undefined
    this.#worker.unref()
  }

  /** Ends a thread that has been at one item for too long. Native code may run on for a while; nobody waits for it. */
  #check(): void {
    const progress = Atomics.load(this.#progress, 0)
    if (progress !== this.#seen) {
      this.#seen = progress
      this.#since = performance.now()
    } else if (performance.now() - this.#since > (progress === 0 ? startTime : this.#patience)) {
      void this.#worker.terminate()
      this.#die(new Error(`decoding it took longer than ${Math.round(this.#patience / 1000)} seconds`))
    }
  }

  #die(reason: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#rest()
    const [first, ...unfinished] = this.#jobs.splice(0)
    this.#events.died(unfinished)
    first?.died(Atomics.load(this.#progress, 0) === 0 ? null : Atomics.load(this.#progress, 1), reason)
  }
}

/**
 * The memory that goes to an idle thread with a job of one item, rather than a copy of it: whatever becomes of that
 * thread, the job is not begun again on another.
 */
function givenBy({ items }: Job): ArrayBuffer[] {
  const [{ source }] = items as readonly [Item]
  const isGiven = items.length === 1 && source.type === 'bytes' && source.isGiven
  return isGiven ? [source.bytes.buffer as ArrayBuffer] : []
}
