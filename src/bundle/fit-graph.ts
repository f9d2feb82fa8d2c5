/** From pixels of any size to the network's input, inside the graph: to the bit what the pipeline does outside of it. */
import type { GraphBuilder } from '../graph/builder.ts'
import { onnxNumber } from '../graph/onnx/dtypes.ts'
import type { Preprocessing } from '../pipeline/types.ts'

/**
 * Makes pictures squares, as `fitImage` does: uint8 `[N, H, W, 3]` -> float32 `[N, size, size, 3]`, whole numbers in
 * 0..255. A square picture of the wanted size stays what it is.
 *
 * Resize works on uint8 channels-last, where ONNX Runtime's CPU and WebAssembly kernels copy Pillow: two passes, each
 * rounded to a whole number.
 */
export function addFit(g: GraphBuilder, image: string, preprocessing: Preprocessing): string {
  return fits[preprocessing.fit](g, image, preprocessing)
}

const fits: Readonly<
  Record<Preprocessing['fit'], (g: GraphBuilder, image: string, preprocessing: Preprocessing) => string>
> = {
  squash: (g, image, { size }) => levels(g, resize(g, image, square(g, size))),
  crop: (g, image, { size }) => levels(g, resize(g, centreSquare(g, image), square(g, size))),
  pad,
}

/** Pixels as numbers: x / 127.5 - 1, in [-1, 1], laid out as the network takes them, `[N, H, W, 3] -> [N, 3, H, W]`. */
export function addScale(g: GraphBuilder, pixels: string): string {
  const middle = g.constant('float32', [], [127.5])
  // (x - 127.5) / 127.5 is rounded once, as the pipeline's float64 is; x / 127.5 - 1 would be rounded twice.
  const centred = g.add('Sub', [pixels, middle], {}, 'scale/centred')
  const scaled = g.add('Div', [centred, middle], {}, 'scale/scaled')
  return g.add('Transpose', [scaled], { perm: [0, 3, 1, 2] }, 'scale/planes')
}

const sides = [1, 2] as const

function resize(g: GraphBuilder, image: string, sizes: string): string {
  const attributes = { antialias: 1, axes: sides, exclude_outside: 1, mode: 'linear' }
  return g.add('Resize', [image, '', '', sizes], attributes, 'fit/resized')
}

function levels(g: GraphBuilder, pixels: string): string {
  return g.add('Cast', [pixels], { to: onnxNumber.float32 }, 'fit/levels')
}

function square(g: GraphBuilder, size: number): string {
  return g.constant('int64', [2], [size, size])
}

/** Height and width as the graph runs, int64 [1] each. */
function sidesOf(g: GraphBuilder, image: string): [height: string, width: string] {
  const shape = g.add('Shape', [image], {}, 'fit/shape')
  const size = (axis: number, name: string): string =>
    g.add('Slice', [shape, index(g, axis), index(g, axis + 1)], {}, name)
  return [size(1, 'fit/height'), size(2, 'fit/width')]
}

const index = (g: GraphBuilder, value: number): string => g.constant('int64', [1], [value])

function centreSquare(g: GraphBuilder, image: string): string {
  const side = g.add('Min', sidesOf(g, image), {}, 'fit/side')
  const target = g.add('Concat', [side, side], { axis: 0 }, 'fit/square')
  return g.add('CenterCropPad', [image, target], { axes: sides }, 'fit/centre')
}

/**
 * All of the picture between bars of the background. CenterCropPad adds zeros, so the background is taken away before
 * and given back after it: sums of whole numbers, which float32 keeps exactly.
 */
function pad(g: GraphBuilder, image: string, { size, background }: Preprocessing): string {
  const colour = g.constant('float32', [3], background)
  const inner = levels(g, resize(g, image, innerSizes(g, image, size)))
  const above = g.add('Sub', [inner, colour], {}, 'fit/above')
  const padded = g.add('CenterCropPad', [above, square(g, size)], { axes: sides }, 'fit/padded')
  return g.add('Add', [padded, colour], {}, 'fit/filled')
}

/** max(1, round(side * size / longest)) of both sides, rounded half up by whole numbers: (2 a + b) / 2 b of a / b. */
function innerSizes(g: GraphBuilder, image: string, size: number): string {
  const [height, width] = sidesOf(g, image)
  const longest = g.add('Max', [height, width], {}, 'fit/longest')
  const both = g.add('Concat', [height, width], { axis: 0 }, 'fit/sides')
  const doubled = g.add('Mul', [both, index(g, 2 * size)], {}, 'fit/doubled')
  const raised = g.add('Add', [doubled, longest], {}, 'fit/raised')
  const divisor = g.add('Mul', [longest, index(g, 2)], {}, 'fit/divisor')
  const rounded = g.add('Div', [raised, divisor], {}, 'fit/rounded')
  return g.add('Max', [rounded, index(g, 1)], {}, 'fit/inner')
}
