/** Many pictures of any kind through a bundle, in their order: files on the decode threads, the rest on this one. */
import type { Source } from '../dataset/types.ts'
import { decodeSource, pixelBytes } from '../pipeline/decode-source.ts'
import { fitImage } from '../pipeline/fit.ts'
import type { Image } from '../pipeline/types.ts'
import { UserError } from '../util/errors.ts'
import type { Engine } from './engine.ts'
import { type ClassifierInput, imageOf, sourceOf } from './inputs.ts'
import { batchOf, judged, type Outcome, type PredictOptions, predictSources } from './predict.ts'

/** A picture as it was given, and what became of it. */
export type Answered = readonly [input: ClassifierInput, outcome: Outcome]

/**
 * The outcomes of inputs, in their order. A picture that cannot be read gives its error; what is no picture at all is
 * thrown.
 *
 * @throws TypeError or RangeError as `imageOf` does, or the signal's reason
 */
export async function* outcomesOf(
  engine: Engine,
  inputs: Iterable<ClassifierInput>,
  options: PredictOptions = {},
): AsyncGenerator<Answered, void, undefined> {
  const queue = peekable(inputs)
  let index = 0
  while (!queue.done()) {
    const run = sourceOf(queue.peek()) ? runOfFiles : runOfOthers
    for await (const [input, outcome] of run(engine, queue, options))
      yield [input, { ...outcome, index: index++ }]
  }
}

/** The inputs from here on that are files, on the decode threads. */
async function* runOfFiles(
  engine: Engine,
  queue: Peekable<ClassifierInput>,
  options: PredictOptions,
): AsyncGenerator<Answered, void, undefined> {
  const waiting: ClassifierInput[] = []
  function* sources(): Generator<Source, void, undefined> {
    for (let source: Source | undefined; !queue.done() && (source = sourceOf(queue.peek())); ) {
      waiting.push(queue.take())
      yield source
    }
  }
  for await (const outcome of predictSources(engine, sources(), options)) yield [waiting.shift()!, outcome]
}

/** The inputs from here on that are no files, one batch of them at most. */
async function* runOfOthers(
  engine: Engine,
  queue: Peekable<ClassifierInput>,
  options: PredictOptions,
): AsyncGenerator<Answered, void, undefined> {
  options.signal?.throwIfAborted()
  const batch = batchOf(options)
  const inputs: ClassifierInput[] = []
  while (inputs.length < batch && !queue.done() && !sourceOf(queue.peek())) inputs.push(queue.take())
  const squares = await Promise.all(inputs.map(input => squareOf(engine, input).catch(unlessUserError)))
  const readable = squares.filter(square => square instanceof Uint8Array)
  const rows = await engine.run(concatenated(engine, readable), batch)
  const answers = rows.values()
  for (const [index, square] of squares.entries()) {
    const outcome: Outcome =
      square instanceof UserError
        ? { index, probabilities: null, error: square }
        : judged(engine, index, answers.next().value!)
    yield [inputs[index]!, outcome]
  }
}

/** The square that the network sees of one picture, uint8 RGB. */
export async function squareOf(
  engine: Pick<Engine, 'preprocessing' | 'limits'>,
  input: ClassifierInput,
): Promise<Uint8Array> {
  const { preprocessing, limits } = engine
  const pixels = new Uint8Array(pixelBytes(preprocessing))
  const source = sourceOf(input)
  if (source) await decodeSource(source, preprocessing, limits, pixels)
  else fitImage(await imageOf(input, preprocessing, limits), preprocessing, pixels)
  return pixels
}

/** The probabilities of decoded pictures of any sizes. Throws RangeError when the data of one does not fit its size. */
export async function probabilitiesOf(
  engine: Engine,
  images: readonly Image[],
  options: Pick<PredictOptions, 'batch'>,
): Promise<Float32Array[]> {
  const batch = batchOf(options)
  const rows: Float32Array[] = []
  for (let at = 0; at < images.length; at += batch) {
    const some = images.slice(at, at + batch)
    const squares = await Promise.all(some.map(image => squareOf(engine, { ...image, channels: 3 })))
    const judgements = await engine.run(concatenated(engine, squares), batch)
    rows.push(...judgements.map(({ probabilities }) => probabilities))
  }
  return rows
}

function concatenated({ preprocessing }: Engine, squares: readonly Uint8Array[]): Uint8Array {
  const bytes = pixelBytes(preprocessing)
  const all = new Uint8Array(squares.length * bytes)
  for (const [row, square] of squares.entries()) all.set(square, row * bytes)
  return all
}

function unlessUserError(error: unknown): UserError {
  if (error instanceof UserError) return error
  throw error
}

/** An iterator that can be looked at before it is moved. */
interface Peekable<T> {
  done(): boolean
  peek(): T
  take(): T
}

function peekable<T>(values: Iterable<T>): Peekable<T> {
  const iterator = values[Symbol.iterator]()
  let next = iterator.next()
  return {
    done: () => next.done === true,
    peek: () => next.value,
    take() {
      const { value } = next
      next = iterator.next()
      return value
    },
  }
}
