/**
 * One queue for all requests: thumbnails wait for the network as they are, since its threads decode them on the way;
 * other pictures are made squares by decode threads before. Nothing waits for company; a batch is whatever came while
 * all threads were busy.
 */
import type { DecodePool } from '../pipeline/decode-pool.ts'
import { pixelBytes } from '../pipeline/decode-source.ts'
import { isThumbnail } from '../pipeline/decode-thumbnail.ts'
import { busy } from './body.ts'
import type { Inference } from './inference.ts'
import type { Verdict } from './inference-protocol.ts'
import { ThreadDied } from './inference-thread.ts'
import { type Job, nextBatch, nextChunk, type Outcome, type Ready } from './queue-chunks.ts'
import { Refusal } from './reply.ts'
import type { Upload } from './uploads.ts'

export interface QueueOptions {
  readonly pool: DecodePool
  readonly inference: Inference
  /** Threads that decode. */
  readonly workers: number
  /** Pictures that may be waiting or in work; more are refused. */
  readonly most: number
}

export interface ClassifyQueue {
  /** Pictures that are waiting or in work. */
  readonly length: number
  /**
   * Classifies pictures; those of one request are let in together or not at all.
   *
   * @param explain whether heat maps are wanted
   * @param isGone whether nobody waits for them any more
   * @throws Refusal 503 when too many are waiting, or no thread of the network lives
   * @throws Error when nobody waits any more
   */
  classify(pictures: readonly Upload[], explain: boolean, isGone: () => boolean): Promise<Outcome[]>
}

export function classifyQueue({ pool, inference, workers, most }: QueueOptions): ClassifyQueue {
  const encoded: Job[] = []
  const ready: Ready[] = []
  const bytes = pixelBytes(inference.facts.preprocessing)
  let length = 0
  let decoding = 0

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
        for (const [at, index] of indices.entries()) {
          const square = pixels.subarray(at * bytes, (at + 1) * bytes)
          ready.push({ job: jobs[index]!, row: { type: 'square', bytes: square } })
        }
        runNext()
      }
    } catch (error) {
      for (const job of jobs) job.failed(error)
    }
  }

  const runNext = (): void => {
    if (inference.threads.alive === 0) for (const { job } of ready.splice(0)) job.failed(restarting())
    while (ready.length > 0 && inference.isFree) void run(nextBatch(ready))
  }
  inference.onChange(runNext)

  const run = async (batch: readonly Ready[]): Promise<void> => {
    if (batch.length === 0) return
    try {
      const rows = batch.map(({ row }) => row)
      const verdicts = await inference.run(rows, batch[0]!.job.explain)
      for (const [at, { job }] of batch.entries()) answer(job, verdicts[at]!)
    } catch (error) {
      for (const one of batch) retry(one, error)
    }
    decodeNext()
  }

  const answer = (job: Job, verdict: Verdict | null): void => {
    if (verdict === null) encoded.push(job)
    else job.done({ verdict, error: null })
  }

  /** One of the thumbnails may have been the thread's death: a decode thread finds out which, and harms no other. */
  const retry = ({ job, row }: Ready, error: unknown): void => {
    if (!(error instanceof ThreadDied)) job.failed(error)
    else if (row.type === 'thumbnail') encoded.push(job)
    else job.failed(restarting())
  }

  const enter = (request: Pick<Job, 'picture' | 'explain' | 'isGone'>): Promise<Outcome> =>
    new Promise((done, failed) => {
      const job = { ...request, done, failed }
      const { bytes } = request.picture
      if (isThumbnail(bytes)) ready.push({ job, row: { type: 'thumbnail', bytes } })
      else encoded.push(job)
    })

  return {
    get length() {
      return length
    },
    async classify(pictures, explain, isGone) {
      if (inference.threads.alive === 0) throw restarting()
      if (length + pictures.length > most) throw busy('take no more images')
      length += pictures.length
      const outcomes = pictures.map(picture => enter({ picture, explain, isGone }).finally(() => length--))
      runNext()
      decodeNext()
      return Promise.all(outcomes)
    },
  }
}

function restarting(): Refusal {
  return new Refusal(503, 'restarting', 'The network is being started again', {
    hint: 'ask again in a few seconds',
    headers: { 'retry-after': '2' },
  })
}
