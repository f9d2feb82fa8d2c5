/** Gradients of convolutions, pools, products, normalisations and softmax. */
import type { GraphBuilder } from '../builder.ts'
import type { Node } from '../types.ts'
import { shareAmongMaxima } from './arrange.ts'
import {
  elementsPer,
  expandLike,
  type GradientContext,
  type GradientRule,
  reshapeTo,
  scalarLike,
  sumOver,
  unbroadcast,
} from './rule.ts'

/** All axes but that of the channels, of [N, C, ...]. */
function besidesChannels(g: GraphBuilder, value: string): number[] {
  return g.info(value).shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
}

export const conv: GradientRule<'Conv'> = ({ inputs, attributes }, { g, dY, wants }) => {
  const [x, w, bias] = inputs
  const spatial = (value: string): number[] => g.info(value).shape.slice(2) as number[]
  return [
    wants(0) ? g.add('ConvInputGradient', [dY, w!], { ...attributes, shape: spatial(x!) }) : undefined,
    wants(1)
      ? g.add('ConvKernelGradient', [dY, x!], { ...attributes, kernel_shape: spatial(w!) })
      : undefined,
    bias && wants(2) ? sumOver(g, dY, besidesChannels(g, dY), 0) : undefined,
  ]
}

/** The kernel's gradient is a product of both its inputs, so theirs are convolutions again. */
export const convKernelGradient: GradientRule<'ConvKernelGradient'> = (
  { inputs, attributes: { kernel_shape: _, ...window } },
  { g, dY, wants },
) => {
  const [above, x] = inputs as [string, string]
  const shape = g.info(x).shape.slice(2) as number[]
  return [
    wants(0) ? g.add('Conv', [x, dY], window) : undefined,
    wants(1) ? g.add('ConvInputGradient', [above, dY], { ...window, shape }) : undefined,
  ]
}

/** Y = alpha A' B' + beta C, where A' and B' may be transposed. */
export const gemm: GradientRule<'Gemm'> = ({ inputs: [a, b, c], attributes }, { g, dY, wants }) => {
  const { alpha, beta, transA, transB } = attributes
  const dA = (): string =>
    transA
      ? g.add('Gemm', [b!, dY], { alpha, transA: transB, transB: 1 })
      : g.add('Gemm', [dY, b!], { alpha, transB: 1 - transB })
  const dB = (): string =>
    transB
      ? g.add('Gemm', [dY, a!], { alpha, transA: 1, transB: transA })
      : g.add('Gemm', [a!, dY], { alpha, transA: 1 - transA })
  const dC = (): string => unbroadcast(g, beta === 1 ? dY : g.add('Mul', [dY, scalarLike(g, dY, beta)]), c!)
  return [wants(0) ? dA() : undefined, wants(1) ? dB() : undefined, c && wants(2) ? dC() : undefined]
}

export const matMul: GradientRule<'MatMul'> = ({ inputs: [a, b] }, { g, dY, wants }) => [
  wants(0) ? unbroadcast(g, g.add('MatMul', [dY, flipped(g, b!)]), a!) : undefined,
  wants(1) ? unbroadcast(g, g.add('MatMul', [flipped(g, a!), dY]), b!) : undefined,
]

/** The last two axes exchanged. */
function flipped(g: GraphBuilder, value: string): string {
  const rank = g.info(value).shape.length
  const perm = Array.from({ length: rank }, (_, axis) => axis)
  return g.add('Transpose', [value], { perm: [...perm.slice(0, -2), rank - 1, rank - 2] })
}

export const globalAveragePool: GradientRule<'GlobalAveragePool'> = (
  { inputs: [x], outputs: [y] },
  { g, dY },
) => [expandLike(g, g.add('Div', [dY, elementsPer(g, x!, y!)]), x!)]

/** Equal maxima share the gradient equally, as in Keras' GlobalMaxPooling2D. */
export const globalMaxPool: GradientRule<'GlobalMaxPool'> = ({ inputs: [x], outputs: [y] }, { g, dY }) => [
  shareAmongMaxima(g, x!, y!, dY, [2, 3]),
]

export const averagePool: GradientRule<'AveragePool'> = ({ inputs, attributes }, { g, dY }) => [
  g.add('AveragePoolGradient', [dY, inputs[0]!], attributes),
]

export const maxPool: GradientRule<'MaxPool'> = ({ inputs, outputs, attributes }, { g, dY }) => [
  g.add('MaxPoolGradient', [dY, inputs[0]!, outputs[0]!], attributes),
]

/** d log softmax: dY - softmax * sum(dY) */
export const logSoftmax: GradientRule<'LogSoftmax'> = ({ outputs: [y], attributes }, { g, dY }) => {
  const total = sumOver(g, dY, [attributes.axis])
  return [g.add('Sub', [dY, g.add('Mul', [g.add('Exp', [y!]), total])])]
}

/** d softmax: y * (dY - sum(dY * y)) */
export const softmax: GradientRule<'Softmax'> = ({ outputs: [y], attributes }, { g, dY }) => {
  const total = sumOver(g, g.add('Mul', [dY, y!]), [attributes.axis])
  return [g.add('Mul', [y!, g.add('Sub', [dY, total])])]
}

/**
 * With batch statistics: Ioffe and Szegedy 2015, section 3. With given statistics: an affine map per channel.
 * The statistics themselves get no gradient: they are measured, not trained.
 */
export const batchNormalization: GradientRule<'BatchNormalization'> = (node, context) => {
  if (node.attributes.training_mode) return batchStatistics(node, context)
  const { g, dY, wants } = context
  const [x, scale, bias, mean, variance] = node.inputs
  const axes = besidesChannels(g, x!)
  const column = (value: string): string => reshapeTo(g, value, [-1, ...axes.slice(1).map(() => 1)])
  const shifted = g.add('Add', [variance!, scalarLike(g, variance!, node.attributes.epsilon)])
  const inverse = g.add('Reciprocal', [g.add('Sqrt', [shifted])])
  const normalised = (): string => g.add('Mul', [g.add('Sub', [x!, column(mean!)]), column(inverse)])
  return [
    wants(0) ? g.add('Mul', [dY, column(g.add('Mul', [scale!, inverse]))]) : undefined,
    wants(1) ? sumOver(g, g.add('Mul', [dY, normalised()]), axes, 0) : undefined,
    bias && wants(2) ? sumOver(g, dY, axes, 0) : undefined,
  ]
}

function batchStatistics(
  { name, inputs, outputs, attributes }: Node<'BatchNormalization'>,
  { g, dY }: GradientContext,
): string[] {
  const [, mean, variance] = outputs
  if (!mean || !variance || attributes.momentum !== 0) {
    throw new RangeError(
      `BatchNormalization "${name}" must give its batch's statistics: three outputs, momentum 0`,
    )
  }
  const from = [dY, inputs[0]!, inputs[1]!, mean, variance]
  return g.addMany('BatchNormalizationGradient', from, 3, { epsilon: attributes.epsilon })
}
