/** The weights inside an ONNX model, whatever its operators. */
import { readOnnxInitializers, readOnnxMetadata } from '../../graph/onnx/read.ts'
import { UserError } from '../../util/errors.ts'
import { asWeightsError } from './trouble.ts'
import type { WeightFile } from './types.ts'

const floats: ReadonlySet<string> = new Set(['float32', 'float16', 'float64'])

/**
 * The initializers of an ONNX model by name. Scalars and integers are left out: they are constants of the graph,
 * such as the bounds of Clip or the sizes of Reshape.
 *
 * @throws UserError `weights` when the file is damaged, or its weights lie in other files
 */
export function readOnnxWeights(bytes: Uint8Array, path: string): WeightFile {
  try {
    const all = readOnnxInitializers(bytes, path)
    const tensors = new Map([...all].filter(([, { dtype, shape }]) => floats.has(dtype) && shape.length > 0))
    return { path, format: 'onnx', layout: 'onnx', tensors, metadata: readOnnxMetadata(bytes) }
  } catch (error) {
    // The graph's reader speaks of a model; its cause says what is wrong with the bytes.
    throw asWeightsError(path, error instanceof UserError ? error.cause : error)
  }
}
