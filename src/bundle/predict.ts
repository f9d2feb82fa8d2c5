/** Files through a bundle at the pipeline's speed: decoding threads work ahead while the network runs. */
import type { Source } from '../dataset/types.ts'
import type { UserError } from '../util/errors.ts'
import type { Engine, Judgement } from './engine.ts'

export interface PredictOptions {
  /** The most pictures that go through the network at once, 1 or more; default 16, which is fastest at 96 pixels. */
  readonly batch?: number | undefined
  /** Stops the work; its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

/** What became of one picture. */
export type Outcome =
  | (Judgement & {
      readonly index: number
      /** Whether it is like no picture that the network was trained on. */
      readonly unknown: boolean
      readonly error: null
    })
  | { readonly index: number; readonly probabilities: null; readonly error: UserError }

/** The outcome of a picture that was read. */
export function judged(
  { isUnknown }: Pick<Engine, 'isUnknown'>,
  index: number,
  judgement: Judgement,
): Outcome {
  return { index, ...judgement, unknown: isUnknown(judgement), error: null }
}

const defaultBatch = 16

/** @throws RangeError when it is no positive whole number */
export function batchOf({ batch = defaultBatch }: Pick<PredictOptions, 'batch'>): number {
  if (!Number.isInteger(batch) || batch < 1)
    throw new RangeError(`Expected a batch of 1 picture or more. Received: ${batch}`)
  return batch
}

/**
 * The probabilities of files, and of entries of zip archives, in their order; a file that cannot be read gives its
 * error. Memory stays flat for any number of files.
 *
 * @throws the signal's reason, when it is aborted
 */
export async function* predictSources(
  engine: Engine,
  sources: Iterable<Source>,
  options: PredictOptions = {},
): AsyncGenerator<Outcome, void, undefined> {
  const batch = batchOf(options)
  for await (const { indices, pixels, failures } of engine.pool().decode(sources, options.signal)) {
    const rows = await engine.run(pixels, batch)
    const read = indices.map((index, row) => judged(engine, index, rows[row]!))
    const failed = failures.map(({ index, error }): Outcome => ({ index, probabilities: null, error }))
    yield* [...read, ...failed].sort((a, b) => a.index - b.index)
  }
}
