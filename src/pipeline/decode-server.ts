/** The worker's side of the decode pool: takes chunks of sources, gives back their pixels in one piece. */
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf, UserError } from '../util/errors.ts'
import { type Picture, pixelBytes } from './decode-source.ts'
import type { DecodeLimits, Preprocessing } from './types.ts'
import { UnreadableImage } from './unreadable.ts'

/** What a worker is started with. */
export interface ServerData {
  readonly preprocessing: Preprocessing
  readonly limits: Partial<DecodeLimits>
  /** Shared int32: a count that moves with every item and chunk, and the place of the current item in its chunk. */
  readonly progress: Int32Array
}

/** A source with its place in the whole input. */
export interface Item {
  readonly index: number
  readonly source: Picture
}

/** A failure as it crosses the thread border, where errors lose their class. */
export interface Failure {
  readonly index: number
  /** The reason of an `UnreadableImage`; null for any other failure, such as a file that is gone. */
  readonly reason: string | null
  readonly message: string
  readonly hint: string
}

const failureOf = (index: number, error: unknown): Failure => ({
  index,
  reason: error instanceof UnreadableImage ? error.reason : null,
  message: messageOf(error),
  hint: (error instanceof UserError && error.hint) || 'look at the file',
})

/** A chunk's answer; the pixels are those of `indices`, one after another. */
export interface Answer {
  readonly indices: readonly number[]
  readonly pixels: Uint8Array<ArrayBuffer>
  readonly failures: readonly Failure[]
}

/** Writes one source's pixels. */
export type Decode = (
  source: Picture,
  preprocessing: Preprocessing,
  limits: Partial<DecodeLimits>,
  out: Uint8Array,
) => Promise<void>

/** Answers every message, a chunk of items, in order, until the thread ends. */
export function serveDecoding(decode: Decode): void {
  const data = workerData as ServerData
  let last: Promise<void> = Promise.resolve()
  parentPort!.on('message', (items: readonly Item[]) => {
    last = last.then(async () => {
      const answer = await decodeChunk(items, data, decode)
      parentPort!.postMessage(answer, [answer.pixels.buffer])
    })
  })
}

async function decodeChunk(items: readonly Item[], data: ServerData, decode: Decode): Promise<Answer> {
  const rowBytes = pixelBytes(data.preprocessing)
  const pixels = new Uint8Array(items.length * rowBytes)
  const indices: number[] = []
  const failures: Failure[] = []
  for (const [place, { index, source }] of items.entries()) {
    Atomics.store(data.progress, 1, place)
    Atomics.add(data.progress, 0, 1)
    const row = pixels.subarray(indices.length * rowBytes, (indices.length + 1) * rowBytes)
    try {
      await decode(source, data.preprocessing, data.limits, row)
      indices.push(index)
    } catch (error) {
      failures.push(failureOf(index, error))
    }
  }
  Atomics.add(data.progress, 0, 1)
  const filled = indices.length * rowBytes
  return { indices, failures, pixels: filled === pixels.length ? pixels : pixels.slice(0, filled) }
}
