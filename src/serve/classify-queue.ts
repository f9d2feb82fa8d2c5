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
   * @throws the signal's reason, when it is aborted
   */
  classify(pictures: readonly Upload[], explain: boolean, signal: AbortSignal): Promise<Outcome[]>
}

/** Pictures that go through the network at once, which is fastest at 96 pixels. */
const batch = 16
/** Batches on their way to the network's thread, so that it need not wait for this one. */
const batchesAhead = 2
/** Small pictures are decoded several at a time; one that is larger than this, in bytes, keeps no other waiting. */
const chunkBytes = 100_000
const chunkPictures = 8

interface Job {
  readonly picture: Upload
  readonly explain: boolean
  readonly signal: AbortSignal
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
  let running = 0

  const decodeNext = (): void => {
    while (decoding < workers && encoded.length > 0) {
      decoding++
      void decode(nextChunk(encoded, Math.ceil(encoded.length / workers))).finally(() => {
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
    while (running < batchesAhead && squares.length > 0) {
      running++
      void run(nextBatch(squares)).finally(() => {
        running--
        runNext()
      })
    }
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

  const enter = (request: Pick<Job, 'picture' | 'explain' | 'signal'>): Promise<Outcome> =>
    new Promise((done, failed) => {
      encoded.push({ ...request, done, failed })
    })

  return {
    get length() {
      return length
    },
    async classify(pictures, explain, signal) {
      if (length + pictures.length > most) throw busy('take no more images')
      length += pictures.length
      const outcomes = pictures.map(picture => enter({ picture, explain, signal }).finally(() => length--))
      decodeNext()
      return Promise.all(outcomes)
    },
  }
}

/** The next pictures for one decode thread; those that nobody waits for any more are let go. */
function nextChunk(waiting: Job[], share: number): Job[] {
  const jobs: Job[] = []
  let size = 0
  while (jobs.length < Math.min(share, chunkPictures) && waiting.length > 0) {
    const job = waiting[0]!
    if (jobs.length > 0 && size + job.picture.bytes.length > chunkBytes) break
    waiting.shift()
    if (job.signal.aborted) {
      job.failed(job.signal.reason)
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
