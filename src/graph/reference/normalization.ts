/** Batch normalization in float64. */
import { elementwise, fold, type NdArray, ndarray } from './array.ts'
import type { Kernel } from './kernel.ts'

/** The statistics of each channel of [N, C, H, W], with biased variance. */
function channelStatistics(x: NdArray): { mean: NdArray; variance: NdArray; size: number } {
  const channels = x.shape[1]!
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  const size = x.data.length / channels
  const sum = (values: NdArray): NdArray => fold(values, axes, 0, (a, b) => a + b / size)
  const mean = sum(x)
  const variance = sum(elementwise(x.shape, [x, mean], (value, m) => (value - m) ** 2))
  return { mean: ndarray([channels], mean.data), variance: ndarray([channels], variance.data), size }
}

export const column = (values: NdArray, rank: number): NdArray =>
  ndarray([1, values.shape[0]!, ...Array(rank - 2).fill(1)], values.data)

export const batchNormalization: Kernel<'BatchNormalization'> = ({ attributes }, { x }) => {
  const { epsilon, momentum, training_mode } = attributes
  const [input, scale, bias, runningMean, runningVariance] = x as [
    NdArray,
    NdArray,
    NdArray,
    NdArray,
    NdArray,
  ]
  const batch = training_mode ? channelStatistics(input) : { mean: runningMean, variance: runningVariance }
  const columns = [scale, bias, batch.mean, batch.variance].map(value => column(value, input.shape.length))
  const y = elementwise(
    input.shape,
    [input, ...columns],
    (v, s, b, m, r) => ((v! - m!) / Math.sqrt(r! + epsilon)) * s! + b!,
  )
  const blend = (running: NdArray, now: NdArray): NdArray =>
    elementwise(now.shape, [running, now], (a, b) => a! * momentum + b! * (1 - momentum))
  return [y, blend(runningMean, batch.mean), blend(runningVariance, batch.variance)]
}

/** Ioffe and Szegedy 2015, section 3. */
export const batchNormalizationGradient: Kernel<'BatchNormalizationGradient'> = ({ attributes }, { x }) => {
  const [dY, input, scale, mean, variance] = x as [NdArray, NdArray, NdArray, NdArray, NdArray]
  const rank = input.shape.length
  const size = input.data.length / input.shape[1]!
  const axes = input.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  const inverse = elementwise(variance.shape, [variance], v => 1 / Math.sqrt(v! + attributes.epsilon))
  const [s, m, i] = [scale, mean, inverse].map(value => column(value, rank)) as [NdArray, NdArray, NdArray]
  const normalised = elementwise(input.shape, [input, m, i], (v, mu, inv) => (v! - mu!) * inv!)
  const sum = (values: NdArray): NdArray => fold(values, axes, 0, (a, b) => a + b)
  const dBias = sum(dY)
  const dScale = sum(elementwise(dY.shape, [dY, normalised], (d, v) => d! * v!))
  const dX = elementwise(
    dY.shape,
    [dY, normalised, s, i, dBias, dScale],
    (d, v, sc, inv, db, ds) => sc! * inv! * (d! - db! / size - (v! * ds!) / size),
  )
  return [dX, ndarray(scale.shape, dScale.data), ndarray(scale.shape, dBias.data)]
}
