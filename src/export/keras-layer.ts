/** A layer as Keras writes it down, and its weights in the layouts of Keras. */
import type { Tensor } from '../graph/types.ts'

export interface KerasLayer {
  readonly className: string
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  /** The layers that it reads, by their names. */
  readonly inputs: readonly string[]
  readonly weights: readonly KerasWeight[]
}

/** float32, row-major. */
export interface KerasWeight {
  /** In its layer, such as `kernel`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Where every layer here has its channels. */
export const channelsLast = { data_format: 'channels_last' } as const

export function kerasLayer(
  className: string,
  name: string,
  inputs: readonly string[],
  config: KerasLayer['config'] = {},
  weights: readonly KerasWeight[] = [],
): KerasLayer {
  return { className, name, inputs, config: { name, trainable: true, ...config }, weights }
}

export function kerasWeight(name: string, { shape, data }: Tensor): KerasWeight {
  return { name, shape, data: data as Float32Array }
}

/** A kernel with its axes in another order: axis i of the result is axis order[i] of the tensor. */
export function transposedWeight(
  name: string,
  { shape, data }: Tensor,
  order: readonly number[],
): KerasWeight {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  const sizes = order.map(axis => shape[axis]!)
  const steps = order.map(axis => strides[axis]!)
  const result = new Float32Array(data.length)
  let at = 0
  const walk = (axis: number, from: number): void => {
    if (axis === sizes.length) result[at++] = Number(data[from])
    else for (let k = 0; k < sizes[axis]!; k++) walk(axis + 1, from + k * steps[axis]!)
  }
  walk(0, 0)
  return { name, shape: sizes, data: result }
}
