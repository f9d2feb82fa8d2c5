/** Convolutions and matrix products whose weights are stored in 8 bits. */
import type { GraphBuilder } from '../graph/builder.ts'
import { onnxNumber } from '../graph/onnx/dtypes.ts'
import { tensor } from '../graph/tensor.ts'
import type { Node, Tensor } from '../graph/types.ts'
import { realWeights, type Scale, type StoredWeights, storedWeights } from './int8-numbers.ts'
import type { Statistics } from './statistics.ts'

/** A float value of the graph that is made from stored numbers. */
export interface StoredValue extends Scale {
  readonly name: string
  /** How much more it is than what the network was trained to see. */
  readonly offset: number
}

/**
 * A convolution of a stored value, its bias in 32 bits in the units of the products that it is added to.
 *
 * Rounded weights shift the mean of each channel, which costs far more accuracy than the noise about it; the bias
 * takes the shift back (Nagel et al. 2019, section 4.2), and with it the input's offset.
 *
 * @param statistics of what the network was trained to see in the input's place
 */
export function convolutionInt8(
  g: GraphBuilder,
  node: Node<'Conv'>,
  input: StoredValue,
  { means }: Statistics,
): Node<'Conv'> {
  const [x, w, b] = node.inputs
  const weights = g.constantOf(w!)!
  const stored = storedWeights(weights, 0)
  const wanted = meanOutputs(node, weights, means)
  const found = meanOutputs(
    node,
    realWeights(stored),
    means.map(mean => mean + input.offset),
  )
  const before = b ? (g.constantOf(b)!.data as Float32Array) : undefined
  const units = (stored.scales.data as Float32Array).map(scale => scale * input.scale)
  const bias = Int32Array.from(units, (unit, filter) =>
    Math.round(((before?.[filter] ?? 0) + wanted[filter]! - found[filter]!) / unit),
  )
  const weight = dequantized(g, w!, stored.numbers, stored.scales, 0)
  const shape = [bias.length]
  const sum = dequantized(
    g,
    b || `${node.name}/bias`,
    tensor('int32', shape, bias),
    tensor('float32', shape, units),
    0,
  )
  return { ...node, inputs: [x!, weight, sum] }
}

/** The mean of each filter's products where no pad is under it, from the means of the channels that it reads. */
function meanOutputs(
  { attributes: { group } }: Node<'Conv'>,
  { shape, data }: Tensor,
  means: Float64Array,
): Float64Array {
  const [filters, depth, height, width] = shape as [number, number, number, number]
  const taps = height * width
  const result = new Float64Array(filters)
  for (let at = 0; at < data.length; at++) {
    const filter = Math.floor(at / (depth * taps))
    const first = Math.floor(filter / (filters / group)) * depth
    result[filter]! += Number(data[at]) * means[first + (Math.floor(at / taps) % depth)]!
  }
  return result
}

/** A matrix product with constant weights: these are stored in 8 bits, once for all products, and computed with as floats. */
export function productInt8(g: GraphBuilder, node: Node<'Gemm'>): Node<'Gemm'> {
  const [x, w, ...bias] = node.inputs
  const weights = g.constantOf(w!)
  if (weights === undefined) return node
  const axis = node.attributes.transB ? 0 : 1
  const weight = g.has(realName(w!)) ? realName(w!) : multiplied(g, w!, storedWeights(weights, axis))
  return { ...node, inputs: [x!, weight, ...bias] }
}

const realName = (constant: string): string => `${constant}/real`

/** Adds a constant as whole numbers with a scale for each place along an axis. */
function dequantized(g: GraphBuilder, name: string, numbers: Tensor, scales: Tensor, axis: number): string {
  const inputs = [g.initializer(`${name}/int`, numbers), g.initializer(`${name}/scale`, scales)]
  return g.add('DequantizeLinear', inputs, { axis }, realName(name))
}

/**
 * The same in other operators: ONNX Runtime computes a DequantizeLinear of constants anew in every run, once for each
 * of its readers; these it computes when it loads the file.
 */
function multiplied(g: GraphBuilder, name: string, { numbers, scales, axis }: StoredWeights): string {
  const { shape } = numbers
  const perChannel = shape.map((size, at) => (at === axis ? size : 1))
  const scale = g.initializer(`${name}/scale`, { ...scales, shape: perChannel })
  const real = g.add('Cast', [g.initializer(`${name}/int`, numbers)], { to: onnxNumber.float32 })
  return g.add('Mul', [real, scale], {}, realName(name))
}
