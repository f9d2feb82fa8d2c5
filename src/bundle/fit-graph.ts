/** From pixels of any size to the network's input, inside the graph: to the bit what the pipeline does outside of it. */
import type { GraphBuilder } from '../graph/builder.ts'
import { onnxNumber } from '../graph/onnx/dtypes.ts'
import type { Preprocessing } from '../pipeline/types.ts'

/** Where a picture's channels are: `NHWC` [N, H, W, 3] or `NCHW` [N, 3, H, W]. */
export type Layout = 'NHWC' | 'NCHW'

/** Which axes are height and width, and the shape that a colour is spread from. */
const axesOf: Readonly<Record<Layout, { sides: readonly [number, number]; colour: readonly number[] }>> = {
  NHWC: { sides: [1, 2], colour: [3] },
  NCHW: { sides: [2, 3], colour: [3, 1, 1] },
}

/** A graph under construction, pictures in it, and what is to become of them. */
interface Fitting extends Preprocessing {
  readonly g: GraphBuilder
  readonly image: string
  readonly layout: Layout
}

/**
 * Makes pictures squares, as `fitImage` does: uint8 of any height and width -> float32 of `size` by `size`, whole
 * numbers in 0..255. A square picture of the wanted size stays what it is.
 *
 * Resize works on uint8, where ONNX Runtime's CPU and WebAssembly kernels copy Pillow: two passes, each rounded to a
 * whole number.
 */
export function addFit(g: GraphBuilder, image: string, preprocessing: Preprocessing, layout: Layout): string {
  const fitting = { ...preprocessing, g, image, layout }
  return preprocessing.fit === 'pad' ? pad(fitting) : levels(g, resized(fitting))
}

/** The same squares as uint8. */
export function addFitBytes(
  g: GraphBuilder,
  image: string,
  preprocessing: Preprocessing,
  layout: Layout,
): string {
  const fitting = { ...preprocessing, g, image, layout }
  if (preprocessing.fit !== 'pad') return resized(fitting)
  return g.add('Cast', [pad(fitting)], { to: onnxNumber.uint8 }, 'fit/bytes')
}

/** Pixels as the network takes them: x / 127.5 - 1, in [-1, 1], float32 [N, 3, H, W]. */
export function addScale(g: GraphBuilder, pixels: string, layout: Layout): string {
  const middle = g.constant('float32', [], [127.5])
  // (x - 127.5) / 127.5 is rounded once, as the pipeline's float64 is; x / 127.5 - 1 would be rounded twice.
  const centred = g.add('Sub', [pixels, middle], {}, 'scale/centred')
  const scaled = g.add('Div', [centred, middle], {}, 'scale/scaled')
  return layout === 'NCHW' ? scaled : g.add('Transpose', [scaled], { perm: [0, 3, 1, 2] }, 'scale/planes')
}

/**
 * How a network in whole numbers takes pixels: as they are. No whole number is the middle of 0..255, so what it sees is
 * (x - 127) / 127.5, larger by `offset` than what `addScale` gives.
 */
export const storedPixels: { readonly scale: number; readonly zeroPoint: number; readonly offset: number } = {
  scale: Math.fround(1 / 127.5),
  zeroPoint: 127,
  offset: 0.5 / 127.5,
}

/** Pixels, uint8, as a network in whole numbers takes them: float32 [N, 3, H, W]. */
export function addStoredScale(g: GraphBuilder, pixels: string, layout: Layout): string {
  const planes =
    layout === 'NCHW' ? pixels : g.add('Transpose', [pixels], { perm: [0, 3, 1, 2] }, 'scale/bytes')
  const scale = g.constant('float32', [], [storedPixels.scale])
  const zeroPoint = g.constant('uint8', [], [storedPixels.zeroPoint])
  return g.add('DequantizeLinear', [planes, scale, zeroPoint], {}, 'scale/planes')
}

/** All of the picture, or the square in its middle, as a square of the wanted size. */
function resized(fitting: Fitting): string {
  const image = fitting.fit === 'crop' ? centreSquare(fitting) : fitting.image
  return resize(fitting, image, square(fitting))
}

function resize({ g, layout }: Fitting, image: string, sizes: string): string {
  const attributes = { antialias: 1, axes: axesOf[layout].sides, exclude_outside: 1, mode: 'linear' }
  return g.add('Resize', [image, '', '', sizes], attributes, 'fit/resized')
}

function levels(g: GraphBuilder, pixels: string): string {
  return g.add('Cast', [pixels], { to: onnxNumber.float32 }, 'fit/levels')
}

function square({ g, size }: Fitting): string {
  return g.constant('int64', [2], [size, size])
}

const index = (g: GraphBuilder, value: number): string => g.constant('int64', [1], [value])

/** Height and width as the graph runs, int64 [1] each. */
function sidesOf({ g, image, layout }: Fitting): [height: string, width: string] {
  const shape = g.add('Shape', [image], {}, 'fit/shape')
  const size = (axis: number, name: string): string =>
    g.add('Slice', [shape, index(g, axis), index(g, axis + 1)], {}, name)
  const [height, width] = axesOf[layout].sides
  return [size(height, 'fit/height'), size(width, 'fit/width')]
}

function centreSquare(fitting: Fitting): string {
  const { g, image, layout } = fitting
  const side = g.add('Min', sidesOf(fitting), {}, 'fit/side')
  const target = g.add('Concat', [side, side], { axis: 0 }, 'fit/square')
  return g.add('CenterCropPad', [image, target], { axes: axesOf[layout].sides }, 'fit/centre')
}

/**
 * All of the picture between bars of the background. CenterCropPad adds zeros, so the background is taken away before
 * and given back after it: sums of whole numbers, which float32 keeps exactly.
 */
function pad(fitting: Fitting): string {
  const { g, image, layout, background } = fitting
  const { sides, colour: shape } = axesOf[layout]
  const colour = g.constant('float32', shape, background)
  const inner = levels(g, resize(fitting, image, innerSizes(fitting)))
  const above = g.add('Sub', [inner, colour], {}, 'fit/above')
  const padded = g.add('CenterCropPad', [above, square(fitting)], { axes: sides }, 'fit/padded')
  return g.add('Add', [padded, colour], {}, 'fit/filled')
}

/** max(1, round(side * size / longest)) of both sides; rounding a / b half up is (2 a + b) / 2 b in whole numbers. */
function innerSizes(fitting: Fitting): string {
  const { g, size } = fitting
  const [height, width] = sidesOf(fitting)
  const longest = g.add('Max', [height, width], {}, 'fit/longest')
  const both = g.add('Concat', [height, width], { axis: 0 }, 'fit/sides')
  const doubled = g.add('Mul', [both, index(g, 2 * size)], {}, 'fit/doubled')
  const raised = g.add('Add', [doubled, longest], {}, 'fit/raised')
  const divisor = g.add('Mul', [longest, index(g, 2)], {}, 'fit/divisor')
  const rounded = g.add('Div', [raised, divisor], {}, 'fit/rounded')
  return g.add('Max', [rounded, index(g, 1)], {}, 'fit/inner')
}
