/** The gradient of batch normalization, in either layout. */
import type { LoweringRule } from './context.ts'

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
