/** Operators that only move elements: in another order, to another place, with a border. */
import { positiveAxis } from '../dims.ts'
import { sliceRange } from '../shapes/arrange.ts'
import { broadcastOffset, generate, intsOf, type NdArray } from './array.ts'
import type { Kernel } from './kernel.ts'

export const transpose: Kernel<'Transpose'> = ({ attributes }, { x: [a], shapes }) => {
  const rank = a!.shape.length
  const perm = attributes.perm.length > 0 ? attributes.perm : a!.shape.map((_, axis) => rank - 1 - axis)
  return [
    generate(
      shapes[0]!,
      index =>
        a!.data[
          broadcastOffset(
            a!,
            perm.map((_, axis) => index[perm.indexOf(axis)]!),
          )
        ]!,
    ),
  ]
}

export const concat: Kernel<'Concat'> = ({ attributes }, { x, shapes }) => {
  const axis = positiveAxis(attributes.axis, shapes[0]!.length)
  const starts = x.map((_, part) => x.slice(0, part).reduce((sum, array) => sum + array.shape[axis]!, 0))
  return [
    generate(shapes[0]!, index => {
      const part = starts.findLastIndex(start => start <= index[axis]!)
      const local = index.map((value, k) => (k === axis ? value - starts[part]! : value))
      return x[part]!.data[broadcastOffset(x[part]!, local)]!
    }),
  ]
}

export const slice: Kernel<'Slice'> = (_node, { x: [a, starts, ends, axes, steps], shapes }) => {
  const from = a!.shape.map(() => 0)
  const step = a!.shape.map(() => 1)
  const places = axes ? intsOf(axes) : intsOf(starts!).map((_, axis) => axis)
  places.forEach((place, k) => {
    const axis = positiveAxis(place, a!.shape.length)
    step[axis] = steps ? steps.data[k]! : 1
    from[axis] = sliceRange(a!.shape[axis]!, starts!.data[k]!, ends!.data[k]!, step[axis]!).from
  })
  return [
    generate(
      shapes[0]!,
      index => a!.data[index.reduce((sum, v, k) => sum * a!.shape[k]! + from[k]! + v * step[k]!, 0)]!,
    ),
  ]
}

/** Where an element beyond the border comes from, by the mode of Pad. */
const beyondBorder: Readonly<Record<string, (at: number, size: number) => number>> = {
  constant: at => at,
  edge: (at, size) => Math.min(Math.max(at, 0), size - 1),
  reflect: (at, size) => size - 1 - Math.abs(size - 1 - Math.abs(at)),
}

/** The element at an index, or the fallback where the index is outside. */
function elementOr({ shape, data }: NdArray, index: readonly number[], fallback: number): number {
  const inside = index.every((v, axis) => v >= 0 && v < shape[axis]!)
  return inside ? data[index.reduce((sum, v, axis) => sum * shape[axis]! + v, 0)]! : fallback
}

export const pad: Kernel<'Pad'> = ({ attributes: { mode } }, { x: [a, pads, value], shapes }) => [
  generate(shapes[0]!, index => {
    const from = index.map((v, axis) => beyondBorder[mode]!(v - pads!.data[axis]!, a!.shape[axis]!))
    return elementOr(a!, from, value?.data[0] ?? 0)
  }),
]

/** What is left over on both sides is halved, the odd element is at the end (ONNX CenterCropPad-18). */
export const centerCropPad: Kernel<'CenterCropPad'> = (_node, { x: [a], shapes }) => {
  const start = a!.shape.map((size, axis) => Math.trunc((size - shapes[0]![axis]!) / 2))
  return [
    generate(shapes[0]!, index =>
      elementOr(
        a!,
        index.map((v, axis) => v + start[axis]!),
        0,
      ),
    ),
  ]
}
