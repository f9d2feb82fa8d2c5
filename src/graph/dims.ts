/** Arithmetic on dimensions that may be known only when the graph runs: products such as `36*N`. */
import type { Dim, Shape } from './types.ts'

/** A product of a number and of named sizes, the names sorted. */
interface Product {
  readonly factor: number
  readonly names: readonly string[]
}

function productOf(dims: Shape): Product {
  let factor = 1
  const names: string[] = []
  for (const word of dims.flatMap((dim): Dim[] => (typeof dim === 'number' ? [dim] : dim.split('*')))) {
    if (typeof word === 'number') factor *= word
    else if (/^\d+$/.test(word)) factor *= Number(word)
    else names.push(word)
  }
  return { factor, names: names.sort() }
}

function dimOf({ factor, names }: Product): Dim {
  if (names.length === 0 || factor === 0) return factor
  return factor === 1 ? names.join('*') : [factor, ...names].join('*')
}

/** The number of elements of an array of this shape. */
export function sizeOf(shape: Shape): Dim {
  return dimOf(productOf(shape))
}

/** The number of elements of an array whose shape has no named size. */
export function elementCount(shape: Shape): number {
  const size = sizeOf(shape)
  if (typeof size !== 'number')
    throw new TypeError(`Expected a shape without named sizes. Received: [${shape}]`)
  return size
}

/** whole / part, or undefined when it is no product of a whole number and names. */
export function divideDims(whole: Dim, part: Dim): Dim | undefined {
  const a = productOf([whole])
  const b = productOf([part])
  if (b.factor === 0 || a.factor % b.factor !== 0) return undefined
  const names = [...a.names]
  for (const name of b.names) {
    const at = names.indexOf(name)
    if (at < 0) return undefined
    names.splice(at, 1)
  }
  return dimOf({ factor: a.factor / b.factor, names })
}

/**
 * The shape of an elementwise result (ONNX "multidirectional broadcasting").
 *
 * @throws RangeError when two sizes differ and neither is 1
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  const at = (shape: Shape, axis: number): Dim => shape[axis - rank + shape.length] ?? 1
  return Array.from({ length: rank }, (_, axis) => {
    const x = at(a, axis)
    const y = at(b, axis)
    if (x === y || y === 1) return x
    if (x === 1) return y
    throw new RangeError(`Shapes [${a}] and [${b}] do not broadcast at axis ${axis}`)
  })
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis])
}

/** An axis counted from the front; negative axes count from the back, as in ONNX. */
export function positiveAxis(axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis
  if (result < 0 || result >= rank) throw new RangeError(`Axis ${axis} is outside of rank ${rank}`)
  return result
}
