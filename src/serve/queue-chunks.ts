/** What waits in the queue, and how much of it goes to a thread at once. */
import type { UserError } from '../util/errors.ts'
import type { Row, Verdict } from './inference-protocol.ts'
import type { Upload } from './uploads.ts'

/** What became of a picture: what the network says, or why it cannot be read. */
export type Outcome =
  | { readonly verdict: Verdict; readonly error: null }
  | { readonly verdict: null; readonly error: UserError }

/**
 * Pictures that go through the network at once. On two threads at 96 pixels, alpha 0.35, four take 0.35 ms of processor
 * time each, decoding included, sixteen 0.40: what lies between two layers then no longer fits the second-level cache.
 */
const batch = 4
/** Small files cost less to decode than to hand over, so a thread gets several; a large file, in bytes, goes alone. */
const chunkBytes = 32_000
const chunkPictures = 16

export interface Job {
  readonly picture: Upload
  readonly explain: boolean
  readonly isGone: () => boolean
  readonly done: (outcome: Outcome) => void
  readonly failed: (reason: unknown) => void
}

/** What waits for the network. */
export interface Ready {
  readonly job: Job
  readonly row: Row
}

/** The next pictures for one decode thread; those that nobody waits for any more are let go. */
export function nextChunk(waiting: Job[]): Job[] {
  const jobs: Job[] = []
  let size = 0
  while (jobs.length < chunkPictures && waiting.length > 0) {
    const job = waiting[0]!
    if (jobs.length > 0 && size + job.picture.bytes.length > chunkBytes) break
    waiting.shift()
    if (isLetGo(job)) continue
    jobs.push(job)
    size += job.picture.bytes.length
  }
  return jobs
}

/** The next pictures for the network, all with heat maps or all without. */
export function nextBatch(ready: Ready[]): Ready[] {
  const { explain } = ready[0]!.job
  const end = ready.findIndex(({ job }) => job.explain !== explain)
  const next = ready.splice(0, Math.min(batch, end < 0 ? ready.length : end))
  return next.filter(({ job }) => !isLetGo(job))
}

function isLetGo(job: Job): boolean {
  const isGone = job.isGone()
  if (isGone) job.failed(new Error('The client has gone'))
  return isGone
}
