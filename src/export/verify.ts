/** An export judged by the run's own images: it has to answer as the run does. */
import type { Classifier } from '../bundle/classifier.ts'
import { nameOfSource, readSource } from '../dataset/source.ts'
import type { Example } from '../dataset/types.ts'
import { argmax } from '../evaluate/argmax.ts'
import { mcnemar } from '../evaluate/mcnemar.ts'
import { decodeImage } from '../pipeline/decode.ts'
import type { Image } from '../pipeline/types.ts'
import { UserError } from '../util/errors.ts'
import { counted, quoted } from '../util/words.ts'
import { type Drift, type Drifted, driftOf, type Pair } from './drift.ts'
import type { ExportedEngine } from './engines.ts'

/**
 * What an export may not exceed: a difference of any probability, or, for whole numbers, a loss of accuracy by more than
 * chance explains. (How much is lost on all validation images is measured when a bundle is quantised.)
 */
export type Tolerance =
  | { readonly measure: 'probability'; readonly most: number }
  | { readonly measure: 'accuracy points'; readonly most: number }

/** What an export in floating point may show. */
export const driftTolerance: Tolerance = { measure: 'probability', most: 0.01 }

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** What one file of an export said. */
export interface VerifiedFile extends Drift {
  readonly file: string
  readonly engine: string
  /** Pictures that only the run, and only the file got right; chance in 0..1 of so uneven a split (McNemar 1947). */
  readonly right: { readonly onlyRun: number; readonly onlyExported: number; readonly pValue: number }
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
 * @throws UserError `model`, naming the worst pictures, when a file exceeds the tolerance
 */
export function verifiedFiles(
  { examples, run, exported }: Answers,
  engines: readonly ExportedEngine[],
  classNames: readonly string[],
  tolerance: Tolerance = driftTolerance,
): VerifiedFile[] {
  const near = tolerance.measure === 'probability' ? tolerance.most : 1
  return engines.map(({ file, engine }, at) => {
    const pairs = examples.map(({ id }, i): Pair => ({ id, run: run[i]!, exported: exported[at]![i]! }))
    const right = rightOf(examples, run, exported[at]!)
    const verified = { file, engine, right, ...driftOf(pairs, classNames, near) }
    const fault = faultOf(verified, tolerance)
    if (fault !== null) throw differing(verified, fault)
    return verified
  })
}

function rightOf(
  examples: readonly Example[],
  run: readonly Float32Array[],
  exported: readonly Float32Array[],
): VerifiedFile['right'] {
  const answers = (rows: readonly Float32Array[]): number[] => rows.map(row => argmax(row, row.length)[0]!)
  const labels = examples.map(({ label }) => label ?? -1)
  const { onlyFirst, onlySecond, pValue } = mcnemar(labels, answers(run), answers(exported))
  return { onlyRun: onlyFirst, onlyExported: onlySecond, pValue }
}

/** A loss on few pictures counts as one when chance hardly explains it. */
const significant = 0.05

/** What is wrong with a file, in a few words; null when nothing is. */
function faultOf({ images, overTolerance, right }: VerifiedFile, tolerance: Tolerance): string | null {
  const all = counted(images, 'validation image')
  if (tolerance.measure === 'probability')
    return overTolerance === 0 ? null : `${overTolerance} of ${all} are off by more than ${tolerance.most}`
  const lost = (100 * (right.onlyRun - right.onlyExported)) / images
  if (!(lost > tolerance.most && right.pValue < significant)) return null
  return `of ${all} it gets ${right.onlyRun} wrong that the run gets right, and ${right.onlyExported} right that it gets wrong`
}

function differing({ file, worst }: VerifiedFile, fault: string): UserError {
  const list = worst.slice(0, 3).map(described).join(', ')
  const message = `The exported "${file}" does not answer as the run: ${fault}, worst ${list}`
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
