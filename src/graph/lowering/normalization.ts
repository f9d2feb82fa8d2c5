/** Batch normalization and its gradient, in either layout. */
import type { GraphBuilder } from '../builder.ts'
import type { Node } from '../types.ts'
import type { LoweringContext, LoweringRule } from './context.ts'

/** [1, C, H*W, N] has one "image" of H*W x N pixels, and the same statistics. */
export const batchNormalization: LoweringRule<'BatchNormalization'> = (node, context) => {
  const { g, get, has, set } = context
  const [x, ...rest] = node.inputs as [string, ...string[]]
  const layout = has(x, 'channelFirst') ? 'channelFirst' : 'plain'
  const inputs = [get(x, layout), ...rest.map(input => get(input))]
  const outputs = node.attributes.training_mode
    ? byBatch(node, inputs, context)
    : g.addMany(node.op, inputs, node.outputs.length, node.attributes, node.name)
  node.outputs.forEach((output, index) => void set(output, index === 0 ? layout : 'plain', outputs[index]!))
  return true
}

/**
 * The engine writes the moved statistics over the running ones that it is given, be they inputs of the graph or
 * constants that layers share. So it gets places of its own, which begin as some pixel and count for nothing, and gives
 * the batch's statistics; what moves is moved by other operators.
 */
function byBatch(
  { op, name, attributes, outputs }: Node<'BatchNormalization'>,
  [x, scale, bias, ...running]: readonly string[],
  { g, ints }: LoweringContext,
): string[] {
  const axes = g.info(x!).shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  const sliced = axes.filter(axis => typeof g.info(x!).shape[axis] === 'number')
  const all = (value: number): string => ints(sliced.map(() => value))
  const pixels = sliced.length > 0 ? g.add('Slice', [x!, all(0), all(1), ints(sliced)]) : x!
  const first = g.add('ReduceMax', [pixels, ints(axes)], { keepdims: 0 })
  const inputs = [x!, scale!, bias!, first, g.add('Abs', [first])]
  const [y, ...batch] = g.addMany(op, inputs, outputs.length, { ...attributes, momentum: 0 }, name)
  return [y!, ...batch.map((value, at) => blended(g, running[at]!, value, attributes.momentum))]
}

/** running * momentum + batch * (1 - momentum) */
function blended(g: GraphBuilder, running: string, batch: string, momentum: number): string {
  if (momentum === 0) return batch
  const share = (value: string, part: number): string =>
    g.add('Mul', [value, g.constant(g.info(value).dtype, [], [part])])
  return g.add('Add', [share(running, momentum), share(batch, 1 - momentum)])
}

/**
 * Ioffe and Szegedy 2015, section 3, over [N, C, H, W] or [1, C, H*W, N] alike: the channels are axis 1.
 *
 * Gathered by channel, dX = a dY + b X + c, in the fewest passes over whole arrays; that it subtracts what is near
 * the mean costs no more digits than the engine's own forward pass, which is y = s X + t.
 */
export const batchNormalizationGradient: LoweringRule<'BatchNormalizationGradient'> = (node, context) => {
  const { g, get, info, has, set, ints } = context
  const layout = has(node.inputs[1]!, 'channelFirst') ? 'channelFirst' : 'plain'
  const [dY, x] = node.inputs.slice(0, 2).map(input => get(input, layout)) as [string, string]
  const [scale, mean, variance] = node.inputs.slice(2).map(input => get(input)) as [string, string, string]
  const channels = info(node.inputs[2]!).shape[0] as number
  const column = (value: string): string => g.add('Reshape', [value, ints([1, channels, 1, 1])])
  const times = (a: string, b: string): string => g.add('Mul', [a, b])
  const sum = (value: string): string => g.add('ReduceSum', [value, ints([0, 2, 3])], { keepdims: 0 })
  const shifted = g.add('Add', [variance, g.constant('float32', [], [node.attributes.epsilon])])
  const inverse = g.add('Reciprocal', [g.add('Sqrt', [shifted])])
  const dBias = sum(dY)
  const dScale = times(inverse, g.add('Sub', [sum(times(dY, x)), times(mean, dBias)]))
  const pixels = g.add('Cast', [g.add('Div', [g.add('Size', [x]), g.constant('int64', [], [channels])])], {
    to: 1,
  })
  const slope = times(scale, inverse)
  const ofX = g.add('Neg', [g.add('Div', [times(slope, times(inverse, dScale)), pixels])])
  const rest = g.add('Neg', [g.add('Add', [g.add('Div', [times(slope, dBias), pixels]), times(ofX, mean)])])
  const affine = g.add('Add', [times(x, column(ofX)), column(rest)])
  const dX = g.add('Add', [times(dY, column(slope)), affine])
  set(node.outputs[0]!, layout, dX)
  set(node.outputs[1]!, 'plain', dScale)
  set(node.outputs[2]!, 'plain', dBias)
  return true
}
