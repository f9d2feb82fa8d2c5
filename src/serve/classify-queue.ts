/**
 * One queue for all requests: pictures that wait are decoded together, and what is decoded goes through the network
 * together. Nothing waits for company; a batch is whatever came while the batch before was under way.
 */
import type { DecodePool } from '../pipeline/decode-pool.ts'
import { pixelBytes } from '../pipeline/decode-source.ts'
import type { UserError } from '../util/errors.ts'
import { busy } from './body.ts'
import type { Inference } from './inference.ts'
import type { Verdict } from './inference-protocol.ts'
import type { Upload } from './uploads.ts'

export interface QueueOptions {
  readonly pool: DecodePool
  readonly inference: Inference
  /** Threads that decode. */
  readonly workers: number
  /** Pictures that may be waiting or in work; more are refused. */
  readonly most: number
}

/** What became of a picture: what the network says, or why it cannot be read. */
export type Outcome =
  | { readonly verdict: Verdict; readonly error: null }
  | { readonly verdict: null; readonly error: UserError }

export interface ClassifyQueue {
  /** Pictures that are waiting or in work. */
  readonly length: number
  /**
   * Classifies pictures; those of one request are let in together or not at all.
   *
   * @param explain whether heat maps are wanted
   * @throws Refusal 503 when too many are waiting
   * @param isGone whether nobody waits for them any more
   * @throws Error when that is so
   */
  classify(pictures: readonly Upload[], explain: boolean, isGone: () => boolean): Promise<Outcome[]>
}

/** Pictures that go through the network at once, which is fastest at 96 pixels. */
const batch = 16
/** Thumbnails cost less to decode than to hand over, so a thread gets several; a large file, in bytes, goes alone. */
const chunkBytes = 32_000
const chunkPictures = 16

interface Job {
  readonly picture: Upload
  readonly explain: boolean
  readonly isGone: () => boolean
  readonly done: (outcome: Outcome) => void
  readonly failed: (reason: unknown) => void
}

interface Square {
  readonly job: Job
  /** uint8 RGB [size, size, 3]. */
  readonly pixels: Uint8Array
}

export function classifyQueue({ pool, inference, workers, most }: QueueOptions): ClassifyQueue {
  const encoded: Job[] = []
  const squares: Square[] = []
  const bytes = pixelBytes(inference.facts.preprocessing)
  let length = 0
  let decoding = 0
  let isRunning = false

  const decodeNext = (): void => {
    while (decoding < workers && encoded.length > 0) {
      decoding++
      void decode(nextChunk(encoded)).finally(() => {
        decoding--
        decodeNext()
      })
    }
  }

  const decode = async (jobs: readonly Job[]): Promise<void> => {
    try {
      for await (const { indices, pixels, failures } of pool.decode(jobs.map(({ picture }) => picture))) {
        for (const { index, error } of failures) jobs[index]!.done({ verdict: null, error })
        for (const [row, index] of indices.entries())
          squares.push({ job: jobs[index]!, pixels: pixels.subarray(row * bytes, (row + 1) * bytes) })
        runNext()
      }
    } catch (error) {
      for (const job of jobs) job.failed(error)
    }
  }

  const runNext = (): void => {
    if (isRunning || squares.length === 0) return
    isRunning = true
    void run(nextBatch(squares)).finally(() => {
      isRunning = false
      runNext()
    })
  }

  const run = async (rows: readonly Square[]): Promise<void> => {
    const pixels = new Uint8Array(rows.length * bytes)
    for (const [row, square] of rows.entries()) pixels.set(square.pixels, row * bytes)
    try {
      const verdicts = await inference.run(pixels, rows[0]!.job.explain)
      for (const [row, { job }] of rows.entries()) job.done({ verdict: verdicts[row]!, error: null })
    } catch (error) {
      for (const { job } of rows) job.failed(error)
    }
  }

  const enter = (request: Pick<Job, 'picture' | 'explain' | 'isGone'>): Promise<Outcome> =>
    new Promise((done, failed) => {
      encoded.push({ ...request, done, failed })
    })

  return {
    get length() {
      return length
    },
    async classify(pictures, explain, isGone) {
      if (length + pictures.length > most) throw busy('take no more images')
      length += pictures.length
      const outcomes = pictures.map(picture => enter({ picture, explain, isGone }).finally(() => length--))
      decodeNext()
      return Promise.all(outcomes)
    },
  }
}

/** The next pictures for one decode thread; those that nobody waits for any more are let go. */
function nextChunk(waiting: Job[]): Job[] {
  const jobs: Job[] = []
  let size = 0
  while (jobs.length < chunkPictures && waiting.length > 0) {
    const job = waiting[0]!
    if (jobs.length > 0 && size + job.picture.bytes.length > chunkBytes) break
    waiting.shift()
    if (job.isGone()) {
      job.failed(new Error('The client has gone'))
      continue
    }
    jobs.push(job)
    size += job.picture.bytes.length
  }
  return jobs
}

/** The next pictures for the network, all with heat maps or all without. */
function nextBatch(squares: Square[]): Square[] {
  const { explain } = squares[0]!.job
  const end = squares.findIndex(({ job }) => job.explain !== explain)
  return squares.splice(0, Math.min(batch, end < 0 ? squares.length : end))
}
