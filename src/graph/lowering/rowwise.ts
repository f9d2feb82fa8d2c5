/** Backward steps of depthwise convolutions of large planes, row by row: one matrix product for each channel. */
import type { Attributes } from '../ops.ts'
import type { Node, Shape } from '../types.ts'
import type { LoweringContext } from './context.ts'

/**
 * dW: under each row of the kernel, dY's rows meet X's in one product over all rows of the batch, [C, W', W], whose
 * diagonals hold the sums of the taps.
 */
export function rowwiseKernelGradient(
  { inputs, outputs, attributes }: Node<'ConvKernelGradient'>,
  context: LoweringContext,
): string {
  const { g, info, ints } = context
  const [dY, x] = inputs as [string, string]
  const [channels, , kh, kw] = info(outputs[0]!).shape as readonly number[]
  const [, , ho, wo] = info(dY).shape as readonly number[]
  const width = info(x).shape[3] as number
  const { strides, pads, dilations } = attributes
  const below = Math.max(
    0,
    (ho! - 1) * strides[0]! + (kh! - 1) * dilations[0]! + 1 - pads[0]! - height(info(x).shape),
  )
  const padded = padRows(context, channelMajor(context, x), pads[0]!, below)
  const flipped = g.add('Transpose', [rows(context, channelMajor(context, dY), channels!, wo!)], {
    perm: [0, 2, 1],
  })
  const onDiagonals = g.constant('float32', [wo! * width, kw!], columnPlacement(wo!, width, kw!, attributes))
  const sums = Array.from({ length: kh! }, (_, row) => {
    const start = row * dilations[0]!
    const bounds = [
      ints([start]),
      ints([start + (ho! - 1) * strides[0]! + 1]),
      ints([2]),
      ints([strides[0]!]),
    ]
    const under = rows(context, g.add('Slice', [padded, ...bounds]), channels!, width)
    const products = g.add('Reshape', [g.add('MatMul', [flipped, under]), ints([channels!, wo! * width])])
    return g.add('MatMul', [products, onDiagonals])
  })
  const joined = sums.length === 1 ? sums[0]! : g.add('Concat', sums, { axis: 1 })
  return g.add('Reshape', [joined, ints([channels!, 1, kh!, kw!])])
}

interface InputGradient {
  readonly dY: string
  readonly w: string
  /** Of X. */
  readonly shape: Shape
}

/**
 * dX of a stride s: s rows of X, side by side, come from a few rows of dY, side by side, through one matrix a
 * channel, the same for all of them.
 */
export function rowwiseInputGradient(
  { dY, w, shape }: InputGradient,
  window: Attributes<'Conv'>,
  context: LoweringContext,
): string {
  const { g, get, info, ints } = context
  const [channels, , kh, kw] = info(w).shape as readonly number[]
  const [, , ho, wo] = info(dY).shape as readonly number[]
  const [, , h, width] = shape as readonly number[]
  const stride = window.strides[0]!
  const blocks = Math.ceil(h! / stride)
  const offsets = rowOffsets(kh!, window)
  const [first, last] = [Math.min(...offsets), Math.max(...offsets)]
  const padded = padRows(
    context,
    channelMajor(context, dY),
    Math.max(0, -first),
    Math.max(0, blocks + last - ho!),
  )
  const shifted = offsets.map(offset => {
    const start = offset + Math.max(0, -first)
    return g.add('Slice', [padded, ints([start]), ints([start + blocks]), ints([2])])
  })
  const beside = shifted.length === 1 ? shifted[0]! : g.add('Concat', shifted, { axis: 3 })
  const [from, to] = [offsets.length * wo!, stride * width!]
  const placement = rowPlacement(offsets, wo!, width!, [kh!, kw!], window)
  const taps = g.add('Reshape', [get(w), ints([channels!, kh! * kw!])])
  const matrix = g.add('MatMul', [taps, g.constant('float32', [kh! * kw!, from * to], placement)])
  const product = g.add('MatMul', [
    rows(context, beside, channels!, from),
    g.add('Reshape', [matrix, ints([channels!, from, to])]),
  ])
  const planes = g.add('Reshape', [product, ints([channels!, -1, blocks * stride, width!])])
  const cut = blocks * stride === h ? planes : g.add('Slice', [planes, ints([0]), ints([h!]), ints([2])])
  return g.add('Transpose', [cut], { perm: [1, 0, 2, 3] })
}

/** How far from block i of X's rows the rows of dY lie that it comes from. */
function rowOffsets(kh: number, { strides, pads, dilations }: Attributes<'Conv'>): number[] {
  const found = new Set<number>()
  for (let row = 0; row < strides[0]!; row++)
    for (let tap = 0; tap < kh; tap++) {
      const offset = (row + pads[0]! - tap * dilations[0]!) / strides[0]!
      if (Number.isInteger(offset)) found.add(offset)
    }
  return [...found].sort((a, b) => a - b)
}

/** [taps, offsets * W' * s * W]: 1 where the tap carries that element of dY's rows to that of X's. */
function rowPlacement(
  offsets: readonly number[],
  wo: number,
  width: number,
  [kh, kw]: readonly [number, number],
  window: Attributes<'Conv'>,
): number[] {
  const { strides, pads, dilations } = window
  const columns = strides[0]! * width
  const result = new Array<number>(kh * kw * offsets.length * wo * columns).fill(0)
  const across = columnPlacement(wo, width, kw, window)
  for (let tap = 0; tap < kh * kw; tap++)
    for (let row = 0; row < strides[0]!; row++) {
      const offset = (row + pads[0]! - Math.floor(tap / kw) * dilations[0]!) / strides[0]!
      const block = offsets.indexOf(offset)
      if (block < 0) continue
      for (let from = 0; from < wo; from++)
        for (let to = 0; to < width; to++)
          if (across[(from * width + to) * kw + (tap % kw)] === 1)
            result[((tap * offsets.length + block) * wo + from) * columns + row * width + to] = 1
    }
  return result
}

/** [W' * W, kw]: 1 where the kernel's column carries that column of X to that column of Y. */
function columnPlacement(
  wo: number,
  width: number,
  kw: number,
  { strides, pads, dilations }: Attributes<'Conv'>,
): number[] {
  const result = new Array<number>(wo * width * kw).fill(0)
  for (let at = 0; at < wo; at++)
    for (let tap = 0; tap < kw; tap++) {
      const column = at * strides[1]! + tap * dilations[1]! - pads[1]!
      if (column >= 0 && column < width) result[(at * width + column) * kw + tap] = 1
    }
  return result
}

/** [N, C, H, W] -> [C, N, H, W] */
function channelMajor({ g, get }: LoweringContext, value: string): string {
  return g.add('Transpose', [get(value)], { perm: [1, 0, 2, 3] })
}

/** [C, N, H, W] -> [C, N * H, W] */
function rows({ g, ints }: LoweringContext, value: string, channels: number, width: number): string {
  return g.add('Reshape', [value, ints([channels, -1, width])])
}

function padRows({ g, ints }: LoweringContext, value: string, above: number, below: number): string {
  return above + below === 0 ? value : g.add('Pad', [value, ints([0, 0, above, 0, 0, 0, below, 0])])
}

function height(shape: Shape): number {
  return shape[2] as number
}
