/** Gives chunks to decode threads, replaces threads that die, and charges a death to the item that caused it. */
import { UserError } from '../util/errors.ts'
import type { Answer, Failure, Item } from './decode-server.ts'
import { nameOfPicture, type Picture } from './decode-source.ts'
import { DecodeThread, type Job, type ThreadOptions } from './decode-thread.ts'
import { UnreadableImage } from './unreadable.ts'

/** A source that could not be read: an `image` error that names it. */
export interface UnreadableSource {
  readonly index: number
  readonly error: UserError
}

/** Some successive sources' results. */
export interface PixelChunk {
  /** Positions of the readable sources in the input, ascending. */
  readonly indices: readonly number[]
  /** uint8 `[indices.length, size, size, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>
  /** The others, ascending. */
  readonly failures: readonly UnreadableSource[]
}

/** A chunk on its way: what is left of it, which of its items killed a thread, and who waits for it. */
interface Task {
  readonly items: readonly Item[]
  readonly dead: readonly UnreadableSource[]
  readonly signal: AbortSignal
  readonly resolve: (chunk: PixelChunk) => void
  readonly reject: (reason: Error) => void
}

/** Jobs that a thread may hold, so that it need not wait for a busy main thread. */
const jobsPerThread = 2

export class DecodeScheduler {
  readonly #workers: number
  readonly #options: ThreadOptions
  readonly #threads = new Set<DecodeThread>()
  /** First come, first served. */
  #waiting: Job[] = []

  constructor(workers: number, options: ThreadOptions) {
    this.#workers = workers
    this.#options = options
  }

  /**
   * Decodes some items on one thread.
   *
   * @throws the signal's reason, when it is aborted
   */
  run(items: readonly Item[], signal: AbortSignal): Promise<PixelChunk> {
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(signal.reason)
      if (signal.aborted) return abort()
      signal.addEventListener('abort', abort)
      const resolved = (chunk: PixelChunk): void => {
        signal.removeEventListener('abort', abort)
        resolve(chunk)
      }
      this.#submit({ items, dead: [], signal, resolve: resolved, reject })
    })
  }

  async close(): Promise<void> {
    this.#waiting = []
    const threads = [...this.#threads]
    this.#threads.clear()
    await Promise.all(threads.map(thread => thread.close()))
  }

  /** Queues the items; when one of them kills its thread, queues the others again, before all else. */
  #submit(task: Task): void {
    const { items, dead, signal, resolve, reject } = task
    const job: Job = {
      items,
      cancelled: () => signal.aborted,
      done: answer => resolve(chunkOf(answer, items, dead)),
      died: (place, reason) => {
        if (place === null)
          return reject(new Error('Internal: a decode worker did not start', { cause: reason }))
        const { index, source } = items[place]!
        const rest = items.filter((_, at) => at !== place)
        this.#submit({ ...task, items: rest, dead: [...dead, { index, error: deadly(source, reason) }] })
      },
    }
    if (dead.length > 0) this.#waiting.unshift(job)
    else this.#waiting.push(job)
    this.#dispatch()
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      if (this.#waiting[0]!.cancelled()) {
        this.#waiting.shift()
        continue
      }
      const thread = this.#freeThread()
      if (thread === null) return
      thread.post(this.#waiting.shift()!)
    }
  }

  /** An idle thread, else a new one, else the least busy one that may take another job. */
  #freeThread(): DecodeThread | null {
    const leastBusy = [...this.#threads].sort((a, b) => a.load - b.load)[0]
    if (leastBusy?.load === 0) return leastBusy
    if (this.#threads.size < this.#workers) return this.#startThread()
    return leastBusy !== undefined && leastBusy.load < jobsPerThread ? leastBusy : null
  }

  #startThread(): DecodeThread {
    const thread = new DecodeThread(this.#options, {
      answered: () => this.#dispatch(),
      died: unfinished => {
        this.#threads.delete(thread)
        this.#waiting.unshift(...unfinished)
      },
    })
    this.#threads.add(thread)
    return thread
  }
}

/** An answer with its errors made whole, and the items that killed their thread among the failures. */
function chunkOf(answer: Answer, items: readonly Item[], dead: readonly UnreadableSource[]): PixelChunk {
  const sources = new Map(items.map(({ index, source }) => [index, source]))
  const reported = answer.failures.map(failure => {
    return { index: failure.index, error: errorOf(sources.get(failure.index)!, failure) }
  })
  const failures = [...reported, ...dead].sort((a, b) => a.index - b.index)
  return { indices: answer.indices, pixels: answer.pixels, failures }
}

function errorOf(source: Picture, { reason, message, hint }: Failure): UserError {
  if (reason === null) return new UserError('image', message, { hint })
  return new UnreadableImage(nameOfPicture(source), reason, { hint })
}

function deadly(source: Picture, cause: Error): UserError {
  const hint = 'remove the file, or save it anew in an image editor'
  return new UnreadableImage(nameOfPicture(source), cause.message, { hint, cause })
}
