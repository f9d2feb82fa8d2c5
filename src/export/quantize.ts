/**
 * A bundle in whole numbers of 8 bits: a third of the bytes, and faster where processors multiply bytes.
 *
 * Post-training static quantisation: weights with a scale for each channel, values with scales that are measured on
 * training pictures, biases that take back what rounding shifts. docs/quantize.md has the method and its figures.
 */
import { bundleBytes } from '../bundle/build.ts'
import { type Engine, openEngine } from '../bundle/engine.ts'
import type { BundleFacts } from '../bundle/facts.ts'
import { type Bundle, loadBundle } from '../bundle/load-bundle.ts'
import type { CardFigures } from '../bundle/parts.ts'
import type { Source } from '../dataset/types.ts'
import { type Evaluation, evaluatePredictions } from '../evaluate/evaluation.ts'
import { tensor } from '../graph/tensor.ts'
import type { Graph, Tensor } from '../graph/types.ts'
import { pixelBytes } from '../pipeline/decode-source.ts'
import { UserError } from '../util/errors.ts'
import { formatCount, formatPercent } from '../util/format.ts'
import { counted, quoted } from '../util/words.ts'
import { int8Graph, valuesToMeasure } from './int8-bundle.ts'
import type { LabelledSource, Quantized, QuantizeOptions } from './quantized.ts'
import { statisticsOf } from './statistics.ts'

/** Training pictures that scales are measured on; more of them change no scale by much. */
const mostCalibrated = 512
/** Percentage points. */
const defaultMaxLoss = 0.5
/** Pictures of 96 pixels that go through a network at once; fewer of larger ones, for the same memory. */
const batchAt96 = 16

/**
 * Quantises a bundle, and measures it before and after.
 *
 * @throws UserError `model` when it loses more accuracy than is borne, or is in whole numbers already; `data` when no
 *   picture of the one kind or the other can be read
 * @throws RangeError when `maxLoss` is not 0 or more
 */
export async function quantizeBundle(bundle: Bundle, options: QuantizeOptions): Promise<Quantized> {
  const { calibration, validation, maxLoss = defaultMaxLoss, signal } = options
  if (!(maxLoss >= 0)) throw new RangeError(`Expected a loss of 0 points or more. Received: ${maxLoss}`)
  refuseQuantized(bundle)
  const float = await openEngine(bundle)
  try {
    const { graph, calibrated } = await calibratedGraph(bundle, float, calibration, signal)
    const [before, after] = await evaluations(float, { ...bundle, graph }, validation, signal)
    refuseLoss(bundle, before, after, maxLoss)
    const bytes = bundleBytes(graph, quantizedFacts(bundle.facts, calibrated, before, after))
    return { bytes, bundle: loadBundle(bytes), calibrated, before, after }
  } finally {
    await float.close()
  }
}

/** The graph in whole numbers, and how many pictures its scales are from. */
async function calibratedGraph(
  bundle: Bundle,
  engine: Engine,
  calibration: readonly Source[],
  signal: AbortSignal | undefined,
): Promise<{ graph: Graph; calibrated: number }> {
  let calibrated = 0
  async function* batches(): AsyncGenerator<Tensor> {
    for await (const { pixels } of engine.pool().decode(calibration.slice(0, mostCalibrated), signal)) {
      for (const image of imagesOf(engine, pixels)) {
        calibrated += image.shape[0]!
        yield image
      }
    }
  }
  const statistics = await statisticsOf(bundle.graph, valuesToMeasure(bundle), batches())
  if (calibrated === 0) throw unreadable(bundle, calibration.length, 'training')
  return { graph: int8Graph(bundle, statistics), calibrated }
}

/** Pixels in batches, uint8 [n, size, size, 3]. */
function* imagesOf({ preprocessing }: Engine, pixels: Uint8Array): Generator<Tensor> {
  const { size } = preprocessing
  const bytes = pixelBytes(preprocessing)
  const step = batchOf(size) * bytes
  for (let at = 0; at < pixels.length; at += step) {
    const some = pixels.subarray(at, at + step)
    yield tensor('uint8', [some.length / bytes, size, size, 3], some)
  }
}

function batchOf(size: number): number {
  return Math.max(1, Math.round(batchAt96 * (96 / size) ** 2))
}

/** What both bundles say of the same pictures, each decoded once. */
async function evaluations(
  float: Engine,
  quantized: Bundle,
  validation: readonly LabelledSource[],
  signal: AbortSignal | undefined,
): Promise<[before: Evaluation, after: Evaluation]> {
  const int8 = await openEngine(quantized)
  try {
    const rows: [Float32Array[], Float32Array[]] = [[], []]
    const labels: number[] = []
    const sources = validation.map(({ source }) => source)
    for await (const { indices, pixels } of float.pool().decode(sources, signal)) {
      labels.push(...indices.map(index => validation[index]!.label))
      for (const [at, engine] of [float, int8].entries())
        rows[at]!.push(...(await engine.run(pixels, batchOf(float.preprocessing.size))))
    }
    if (labels.length === 0) throw unreadable(quantized, validation.length, 'validation')
    return [evaluated(rows[0], labels), evaluated(rows[1], labels)]
  } finally {
    await int8.close()
  }
}

function evaluated(rows: readonly Float32Array[], labels: readonly number[]): Evaluation {
  const probabilities = Float32Array.from(rows.flatMap(row => Array.from(row)))
  return evaluatePredictions({ probabilities, labels: Int32Array.from(labels) })
}

/** The card's figures become those of the network in whole numbers; a test set was not looked at. */
function quantizedFacts(
  facts: BundleFacts,
  calibrated: number,
  before: Evaluation,
  after: Evaluation,
): BundleFacts {
  const { examples, accuracy, loss, macroF1, rocAuc } = after
  const validation: CardFigures = { examples, accuracy, loss, macroF1, rocAuc }
  return {
    ...facts,
    card: { ...facts.card, figures: { validation, test: null } },
    quantization: {
      weights: 'int8',
      activations: 'uint8',
      calibrated,
      accuracyBefore: before.accuracy,
      accuracyAfter: after.accuracy,
    },
  }
}

function refuseQuantized({ name, facts }: Bundle): void {
  if (!facts.quantization) return
  throw new UserError('model', `Cannot quantise ${quoted(name)}: it is in whole numbers already`, {
    hint: 'give the run, or the bundle that it was made from',
  })
}

function refuseLoss({ name }: Bundle, before: Evaluation, after: Evaluation, maxLoss: number): void {
  const lost = 100 * (before.accuracy - after.accuracy)
  // A hundredth of what one of a million pictures weighs: only what rounding adds.
  if (lost <= maxLoss + 1e-6) return
  const [from, to] = [before, after].map(({ accuracy }) => formatPercent(accuracy, 2))
  const message = `Quantising ${quoted(name)} loses ${lost.toFixed(2)} points of accuracy, more than ${maxLoss}: ${from} before and ${to} after, on ${formatCount(after.examples)} validation images`
  const hint = `leave it in float32, or bear the loss with --max-loss ${Math.ceil(lost * 10) / 10}`
  throw new UserError('model', message, { hint })
}

function unreadable({ name }: Bundle, count: number, kind: 'training' | 'validation'): UserError {
  const found = count === 0 ? 'there is none' : `none of ${counted(count, 'file')} can be read`
  return new UserError('data', `Cannot quantise ${quoted(name)} without ${kind} images: ${found}`, {
    hint: 'say with --data where the images of the run are now',
  })
}
