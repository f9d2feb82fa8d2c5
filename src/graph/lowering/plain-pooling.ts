/** Gradients of pooling in the layout of ONNX, [N, C, H, W]. */
import type { Attributes } from '../ops.ts'
import type { Shape } from '../types.ts'
import { planeOf } from '../windows.ts'
import type { LoweringContext, LoweringRule } from './context.ts'

type Pool = Attributes<'MaxPool'>

/** Each window's gradient, divided among the elements that it counts, added back where they came from. */
export const averagePoolGradient: LoweringRule<'AveragePoolGradient'> = (
  { inputs, outputs, attributes },
  context,
) => {
  const { g, get, info, set } = context
  const [dY, x] = inputs as [string, string]
  const [kh, kw] = attributes.kernel_shape as [number, number]
  const counts = attributes.count_include_pad
    ? g.constant('float32', [], [kh * kw])
    : g.constant('float32', ...windowCounts(info(x).shape, info(dY).shape, attributes))
  const ones = Array.from({ length: kh * kw }, () => 1)
  const share = g.add('Div', [get(dY), counts])
  set(outputs[0]!, 'plain', scatter(context, share, ones, info(x).shape, info(dY).shape, attributes))
  return true
}

/** For each tap of the window, the share of the windows whose maximum lies there. */
export const maxPoolGradient: LoweringRule<'MaxPoolGradient'> = (
  { inputs, outputs, attributes },
  context,
) => {
  const { g, get, info, set, ints } = context
  const [dY, x, y] = inputs as [string, string, string]
  const [input, output] = [info(x).shape as readonly number[], info(y).shape as readonly number[]]
  const [kh, kw] = attributes.kernel_shape as [number, number]
  const [top, left] = attributes.pads as [number, number]
  const reach = (axis: number): number =>
    (output[axis + 2]! - 1) * attributes.strides[axis]! + attributes.kernel_shape[axis]!
  const after = [0, 1].map(axis => Math.max(0, reach(axis) - input[axis + 2]! - attributes.pads[axis]!))
  const border = [ints([0, 0, top, left, 0, 0, after[0]!, after[1]!]), g.constant('float32', [], [-3.4e38])]
  const padded = g.add('Pad', [get(x), ...border])
  const isMaximum = Array.from({ length: kh * kw }, (_, tap) => {
    const start = [Math.floor(tap / kw), tap % kw]
    const end = start.map((from, axis) => from + (output[axis + 2]! - 1) * attributes.strides[axis]! + 1)
    const under = g.add('Slice', [padded, ints(start), ints(end), ints([2, 3]), ints(attributes.strides)])
    return g.add('Cast', [g.add('Equal', [under, get(y)])], { to: 1 })
  })
  const count = isMaximum.reduce((sum, mask) => g.add('Add', [sum, mask]))
  const share = g.add('Div', [get(dY), count])
  const parts = isMaximum.map((mask, tap) => {
    const oneHot = isMaximum.map((_, other) => (other === tap ? 1 : 0))
    return scatter(context, g.add('Mul', [mask, share]), oneHot, input, output, attributes)
  })
  set(
    outputs[0]!,
    'plain',
    parts.reduce((sum, part) => g.add('Add', [sum, part])),
  )
  return true
}

/** Adds each window's value, weighted by the taps, to the pixels under it: a transposed convolution a channel. */
function scatter(
  { g }: LoweringContext,
  value: string,
  taps: readonly number[],
  input: Shape,
  output: Shape,
  { kernel_shape, strides, pads }: Pool,
): string {
  const channels = input[1] as number
  const kernel = Array.from({ length: channels }, () => taps).flat()
  const weights = g.constant('float32', [channels, 1, ...kernel_shape], kernel)
  const short = (axis: number): number =>
    (input[axis + 2] as number) +
    pads[axis]! -
    ((output[axis + 2] as number) - 1) * strides[axis]! -
    kernel_shape[axis]!
  // What the windows do not reach is added as output padding; what they reach beyond the input is cut as a pad.
  const window = {
    strides,
    pads: [pads[0]!, pads[1]!, Math.max(0, -short(0)), Math.max(0, -short(1))],
    group: channels,
    output_padding: [Math.max(0, short(0)), Math.max(0, short(1))],
  }
  return g.add('ConvTranspose', [value, weights], window)
}

/** How many of the input's elements lie under each window, as the shape and values of [1, 1, H', W']. */
function windowCounts(
  input: Shape,
  output: Shape,
  { kernel_shape, strides, pads }: Pool,
): [number[], number[]] {
  const along = (axis: number): number[] =>
    Array.from({ length: output[axis + 2] as number }, (_, at) => {
      const start = at * strides[axis]! - pads[axis]!
      return Math.min(start + kernel_shape[axis]!, input[axis + 2] as number) - Math.max(start, 0)
    })
  const columns = along(1)
  return [
    [1, 1, planeRows(output), columns.length],
    along(0).flatMap(row => columns.map(column => row * column)),
  ]
}

function planeRows(shape: Shape): number {
  return planeOf(shape) / (shape[3] as number)
}
