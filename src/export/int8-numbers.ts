/** Real numbers as whole ones of 8 bits: which scale, which zero point, which number. */
import { tensor } from '../graph/tensor.ts'
import type { Tensor } from '../graph/types.ts'

/** value = (stored - zeroPoint) * scale. */
export interface Scale {
  readonly scale: number
  /** In 0..255. */
  readonly zeroPoint: number
}

/** The scale of uint8 numbers that reach from the least to the most, and to 0, which is stored exactly: pads are 0. */
export function scaleOf({ least, most }: { readonly least: number; readonly most: number }): Scale {
  const [low, high] = [Math.min(least, 0), Math.max(most, 0)]
  if (low === high) return { scale: 1, zeroPoint: 0 }
  const scale = Math.fround((high - low) / 255)
  return { scale, zeroPoint: Math.min(255, Math.round(-low / scale)) }
}

/** Weights as whole numbers about 0, with one scale for each output channel. */
export interface StoredWeights {
  /** int8, of the weights' shape. */
  readonly numbers: Tensor
  /** float32 [channels], above 0. */
  readonly scales: Tensor
  /** Where the output channels are. */
  readonly axis: number
}

/**
 * The largest whole number that a weight becomes, of 127 that int8 holds. Processors without an instruction for it
 * (AVX2 and the first with AVX-512) add two products of uint8 and int8 in 16 bits: 2 * 255 * 64 fits in there,
 * 2 * 255 * 127 would be cut, and answers would differ between machines.
 */
const largest = 64

/** @param weights float32 */
export function storedWeights({ shape, data }: Tensor, axis: number): StoredWeights {
  const channelOf = channels(shape, axis)
  const weights = data as Float32Array
  const scales = new Float32Array(shape[axis]!)
  weights.forEach((weight, at) => {
    scales[channelOf(at)] = Math.max(scales[channelOf(at)]!, Math.abs(weight) / largest)
  })
  // A channel of zeros has a scale too, which makes them zeros again.
  scales.forEach((scale, channel) => void (scales[channel] = scale || 1))
  const numbers = Int8Array.from(weights, (weight, at) => Math.round(weight / scales[channelOf(at)]!))
  return { numbers: tensor('int8', shape, numbers), scales: tensor('float32', [scales.length], scales), axis }
}

/** The weights that stored ones stand for, float32. */
export function realWeights({ numbers, scales, axis }: StoredWeights): Tensor {
  const channelOf = channels(numbers.shape, axis)
  const real = Float32Array.from(
    numbers.data as Int8Array,
    (number, at) => number * (scales.data[channelOf(at)] as number),
  )
  return tensor('float32', numbers.shape, real)
}

/** The output channel of the element at a place in memory. */
function channels(shape: readonly number[], axis: number): (at: number) => number {
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1)
  return at => Math.floor(at / inner) % shape[axis]!
}
