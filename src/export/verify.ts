/** An export judged by the run's own images: it has to answer as the run does. */
import type { Classifier } from '../bundle/classifier.ts'
import { nameOfSource, readSource } from '../dataset/source.ts'
import type { Example } from '../dataset/types.ts'
import { decodeImage } from '../pipeline/decode.ts'
import type { Image } from '../pipeline/types.ts'
import { UserError } from '../util/errors.ts'
import { counted, quoted } from '../util/words.ts'
import { type Drift, type Drifted, driftOf, type Pair } from './drift.ts'
import type { ExportedEngine } from './engines.ts'

/** The largest difference of a probability that an export in floating point may show. */
export const driftTolerance = 0.01

export interface VerifyOptions {
  readonly tolerance?: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** What one file of an export said. */
export interface VerifiedFile extends Drift {
  readonly file: string
  readonly engine: string
}

/** The answers of the run and of every engine, picture by picture. */
export interface Answers {
  /** The pictures that could be read, in their order. */
  readonly examples: readonly Example[]
  readonly run: readonly Float32Array[]
  /** A list for each engine. */
  readonly exported: readonly (readonly Float32Array[])[]
}

/**
 * Runs pictures through the run's classifier and through the files of an export; one picture is held at a time.
 * Pictures that cannot be read are left out.
 */
export async function answersOf(
  classifier: Classifier,
  engines: readonly ExportedEngine[],
  examples: readonly Example[],
  { signal, onProgress }: VerifyOptions = {},
): Promise<Answers> {
  const run: Float32Array[] = []
  const exported = engines.map((): Float32Array[] => [])
  const read: Example[] = []
  for (const [index, example] of examples.entries()) {
    signal?.throwIfAborted()
    const image = await imageOf(example, classifier).catch(unlessUserError)
    if (image !== null) {
      read.push(example)
      run.push(...(await classifier.probabilities([image])))
      for (const [at, engine] of engines.entries()) exported[at]!.push(await engine.run(image))
    }
    onProgress?.(index + 1, examples.length)
  }
  return { examples: read, run, exported }
}

/**
 * Compares, file by file.
 *
 * @throws UserError `model`, naming the worst picture, when a probability differs by more than the tolerance, or a
 *   picture whose answer is another one differs by more than rounding does
 */
export function verifiedFiles(
  { examples, run, exported }: Answers,
  engines: readonly ExportedEngine[],
  classNames: readonly string[],
  tolerance: number = driftTolerance,
): VerifiedFile[] {
  return engines.map(({ file, engine }, at) => {
    const pairs = examples.map(({ id }, i): Pair => ({ id, run: run[i]!, exported: exported[at]![i]! }))
    const verified = { file, engine, ...driftOf(pairs, classNames, tolerance) }
    if (verified.overTolerance > 0) throw drifted(verified, tolerance)
    return verified
  })
}

function drifted({ file, images, overTolerance, worst }: VerifiedFile, tolerance: number): UserError {
  const list = worst.slice(0, 3).map(described).join(', ')
  const message = `The exported "${file}" does not answer as the run: ${overTolerance} of ${counted(images, 'validation image')} are off by more than ${tolerance}, worst ${list}`
  return new UserError('model', message, {
    hint: 'nothing was kept of the export; run graft evaluate on the run, and report this if the run itself is sound',
  })
}

function described({ id, run, exported }: Drifted): string {
  const answer = ({ label, score }: Drifted['run']): string => `${quoted(label)} ${score.toFixed(3)}`
  return `${quoted(id)} (${answer(run)} in the run, ${answer(exported)} in the export)`
}

async function imageOf({ source }: Example, { preprocessing }: Classifier): Promise<Image> {
  const { background, size } = preprocessing
  return decodeImage(await readSource(source), { name: nameOfSource(source), background, atLeast: size })
}

function unlessUserError(error: unknown): null {
  if (error instanceof UserError) return null
  throw error
}
