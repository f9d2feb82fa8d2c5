/**
 * One set of names and layouts for weights from anywhere: Keras' names, ONNX's layouts, float32.
 *
 * | name | shape |
 * |---|---|
 * | LAYER/kernel of a convolution | [out, in, h, w] |
 * | LAYER/depthwise_kernel | [channels, 1, h, w] |
 * | LAYER/kernel of a dense layer | [in, out] |
 * | LAYER/bias, gamma, beta, moving_mean, moving_variance | [channels] |
 */
import type { Tensor } from '../../graph/types.ts'
import { float32FromFloat16 } from './half.ts'
import { weightsError } from './trouble.ts'
import type { WeightFile, WeightLayout } from './types.ts'

/** Tensors under canonical names, all float32. */
export type CanonicalWeights = ReadonlyMap<string, Tensor>

/**
 * The canonical name of a weight: its layer and its variable, whatever models it was nested in.
 *
 * @example canonicalName('mobilenetv2_1.00_96/bn_Conv1/gamma:0') // 'bn_Conv1/gamma'
 * @example canonicalName('block_1_depthwise/kernel') // 'block_1_depthwise/depthwise_kernel', as Keras 2 calls it
 */
export function canonicalName(name: string): string {
  const [variable = '', layer = ''] = name.replace(/:\d+$/, '').split('/').reverse()
  if (layer === '') return variable
  return `${layer}/${variable === 'kernel' && layer.endsWith('depthwise') ? 'depthwise_kernel' : variable}`
}

/**
 * The file's tensors under canonical names, in canonical layouts.
 *
 * @throws UserError `weights` when two tensors have one canonical name, or a tensor holds no floats
 */
export function canonicalWeights(file: WeightFile): CanonicalWeights {
  const result = new Map<string, Tensor>()
  const original = new Map<string, string>()
  for (const [name, tensor] of file.tensors) {
    const canonical = canonicalName(name)
    const twin = original.get(canonical)
    if (twin !== undefined) {
      throw weightsError(
        file.path,
        `both "${twin}" and "${name}" would be "${canonical}"`,
        'keep one model in the file',
      )
    }
    original.set(canonical, name)
    result.set(canonical, inOnnxLayout(canonical, asFloat32(tensor, name, file.path), file.layout))
  }
  return file.layout === 'onnx' ? withDenseKernelsUpright(result) : result
}

/**
 * The layout of tensors that come without one, from the shapes of their kernels.
 *
 * A depthwise kernel decides: [channels, 1, h, w] or [h, w, channels, 1]. Without one, equal first sizes before
 * unequal last ones speak for Keras.
 */
export function guessLayout(tensors: ReadonlyMap<string, Tensor>): WeightLayout {
  const kernels = [...tensors].filter(
    ([name, { shape }]) => shape.length === 4 && canonicalName(name).endsWith('kernel'),
  )
  const depthwise = kernels.filter(([name]) => canonicalName(name).endsWith('/depthwise_kernel'))
  if (depthwise.length > 0) return depthwise.every(([, { shape }]) => shape[1] === 1) ? 'onnx' : 'keras'
  const looksKeras = ([, { shape }]: readonly [string, Tensor]) =>
    shape[0] === shape[1] && shape[2] !== shape[3]
  return kernels.length > 0 && kernels.every(looksKeras) ? 'keras' : 'onnx'
}

/**
 * The width multiplier of a MobileNetV2 from its last block, 320 * alpha channels wide; null for other networks.
 *
 * Exact for the widths that are published; others were rounded to a multiple of 8 channels.
 */
export function alphaOf(weights: CanonicalWeights): number | null {
  const channels = weights.get('block_16_project/kernel')?.shape[0]
  return channels === undefined ? null : channels / 320
}

function asFloat32(tensor: Tensor, name: string, path: string): Tensor {
  const { dtype, shape, data } = tensor
  if (dtype === 'float32') return tensor
  if (dtype === 'float16') return { dtype: 'float32', shape, data: float32FromFloat16(data as Uint16Array) }
  if (dtype === 'float64') return { dtype: 'float32', shape, data: Float32Array.from(data as Float64Array) }
  throw weightsError(path, `"${name}" has the type ${dtype}; weights are floats`)
}

function inOnnxLayout(name: string, tensor: Tensor, layout: WeightLayout): Tensor {
  if (layout === 'onnx' || tensor.shape.length !== 4) return tensor
  if (name.endsWith('/depthwise_kernel')) return depthwiseFromKeras(tensor)
  return name.endsWith('/kernel') ? transposed(tensor, [3, 2, 0, 1]) : tensor
}

/** [h, w, channels, multiplier] -> [channels * multiplier, 1, h, w] */
function depthwiseFromKeras(tensor: Tensor): Tensor {
  const [height = 0, width = 0, channels = 0, multiplier = 0] = tensor.shape
  const { data } = transposed(tensor, [2, 3, 0, 1])
  return { dtype: 'float32', shape: [channels * multiplier, 1, height, width], data }
}

/** A float32 tensor of four axes with its axes reordered: axis i of the result is axis order[i] of the tensor. */
function transposed({ shape, data }: Tensor, order: readonly [number, number, number, number]): Tensor {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  const [a, b, c, d] = order.map(axis => shape[axis]!) as [number, number, number, number]
  const [stepA, stepB, stepC, stepD] = order.map(axis => strides[axis]!) as [number, number, number, number]
  const result = new Float32Array(data.length)
  let at = 0
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++)
        for (let l = 0; l < d; l++)
          result[at++] = data[i * stepA + j * stepB + k * stepC + l * stepD] as number
  return { dtype: 'float32', shape: [a, b, c, d], data: result }
}

/** ONNX's Gemm often holds a dense kernel as [out, in]; the bias tells, unless both sizes are equal. */
function withDenseKernelsUpright(weights: ReadonlyMap<string, Tensor>): CanonicalWeights {
  return new Map([...weights].map(([name, tensor]) => [name, upright(name, tensor, weights)]))
}

function upright(name: string, tensor: Tensor, weights: ReadonlyMap<string, Tensor>): Tensor {
  const [rows = 0, columns = 0] = tensor.shape
  const bias = weights.get(name.replace(/\/kernel$/, '/bias'))
  const lies =
    name.endsWith('/kernel') && tensor.shape.length === 2 && bias?.shape[0] === rows && rows !== columns
  if (!lies) return tensor
  const { data } = transposed({ ...tensor, shape: [rows, columns, 1, 1] }, [1, 0, 2, 3])
  return { dtype: 'float32', shape: [columns, rows], data }
}
