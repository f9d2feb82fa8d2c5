/** What a file of weights holds, whichever program wrote it. */
import type { Tensor } from '../../graph/types.ts'

export type WeightFormat = 'tfjs' | 'keras-h5' | 'keras-v3' | 'safetensors' | 'onnx'

/**
 * How kernels lie in memory: `keras` is [h, w, in, out], depthwise [h, w, channels, multiplier];
 * `onnx` is [out, in, h, w], depthwise [channels, 1, h, w]. Dense kernels are [in, out] in both, see `canonicalWeights`.
 */
export type WeightLayout = 'keras' | 'onnx'

/** The tensors of one file under the names that the file gives them. */
export interface WeightFile {
  /** As the user gave it; every message names it. */
  readonly path: string
  readonly format: WeightFormat
  readonly layout: WeightLayout
  readonly tensors: ReadonlyMap<string, Tensor>
  /** What the file says of itself: text by name, such as the labels of a Teachable Machine project. */
  readonly metadata: Readonly<Record<string, string>>
}
