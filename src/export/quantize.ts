/**
 * A bundle in whole numbers of 8 bits: a third of the bytes, and faster where processors multiply bytes.
 *
 * Post-training static quantisation: weights with a scale for each channel, values with scales that are measured on
 * training pictures, biases that take back what rounding shifts. docs/quantize.md has the method and its figures.
 */
import { bundleBytes } from '../bundle/build.ts'
import type { CardFigures } from '../bundle/card.ts'
import type { BundleFacts } from '../bundle/facts.ts'
import { type Bundle, loadBundle } from '../bundle/load-bundle.ts'
import type { Evaluation } from '../evaluate/evaluation.ts'
import { tensor } from '../graph/tensor.ts'
import type { Graph, Tensor } from '../graph/types.ts'
import { decodePool } from '../pipeline/decode-pool.ts'
import type { PixelChunk } from '../pipeline/decode-scheduler.ts'
import { UserError } from '../util/errors.ts'
import { formatCount, formatPercent } from '../util/format.ts'
import { counted, quoted } from '../util/words.ts'
import { int8Graph, valuesToMeasure } from './int8-bundle.ts'
import { batchFor, type Judged, judged } from './judged.ts'
import type { Quantized, QuantizeOptions } from './quantized.ts'
import { movedReject } from './reject-limit.ts'
import { statisticsOf } from './statistics.ts'

/** Training pictures that scales are measured on; more of them change no scale by much. */
const mostCalibrated = 512
/** Percentage points. */
const defaultMaxLoss = 0.5
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
  const pool = decodePool({ preprocessing: bundle.facts.preprocessing })
  try {
    const training = pool.decode(calibration.slice(0, mostCalibrated), signal)
    const { graph, calibrated } = await calibratedGraph(bundle, training)
    if (graph === null) throw unreadable(bundle, calibration.length, 'training')
    const heldOut = pool.decode(
      validation.map(({ source }) => source),
      signal,
    )
    const labels = validation.map(({ label }) => label)
    const both = await judged([bundle, { ...bundle, graph }], heldOut, labels)
    if (both === null) throw unreadable(bundle, validation.length, 'validation')
    const { before, after } = both
    refuseLoss(bundle, before, after, maxLoss)
    const bytes = bundleBytes(graph, quantizedFacts(bundle.facts, calibrated, both))
    return { bytes, bundle: loadBundle(bytes), calibrated, before, after }
  } finally {
    await pool.close()
  }
}

/** The graph in whole numbers, null without a picture, and how many pictures its scales are from. */
async function calibratedGraph(
  bundle: Bundle,
  chunks: AsyncIterable<PixelChunk>,
): Promise<{ graph: Graph | null; calibrated: number }> {
  const { size } = bundle.facts.preprocessing
  let calibrated = 0
  async function* batches(): AsyncGenerator<Tensor> {
    for await (const { pixels } of chunks)
      for (const some of batchesOf(pixels, size)) {
        const count = some.length / (size * size * 3)
        calibrated += count
        yield tensor('uint8', [count, size, size, 3], some)
      }
  }
  const statistics = await statisticsOf(bundle.graph, valuesToMeasure(bundle), batches())
  return { graph: calibrated === 0 ? null : int8Graph(bundle, statistics), calibrated }
}

function* batchesOf(pixels: Uint8Array, size: number): Generator<Uint8Array> {
  const step = batchFor(size) * size * size * 3
  for (let at = 0; at < pixels.length; at += step) yield pixels.subarray(at, at + step)
}

/**
 * The card's figures, and the limit of what is familiar, become those of the network in whole numbers; a test set was
 * not looked at.
 */
function quantizedFacts(
  { reject, ...facts }: BundleFacts,
  calibrated: number,
  { before, after, distances }: Judged,
): BundleFacts {
  const { examples, accuracy, loss, macroF1, rocAuc } = after
  const validation: CardFigures = { examples, accuracy, loss, macroF1, rocAuc }
  return {
    ...facts,
    ...(reject && distances ? { reject: movedReject(reject, distances) } : {}),
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
    hint:
      count === 0
        ? 'train with images held out, as --validation 0.1 does, and export that run'
        : 'say with --data where the images of the run are now',
  })
}
