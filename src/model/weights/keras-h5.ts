/**
 * Weights in Keras' legacy HDF5 layout, of `model.save('x.h5')` and of Keras 2's `save_weights('x.h5')`.
 *
 * Datasets lie at LAYER/WEIGHT_NAME, below `model_weights` when the whole model was saved; a weight name such as
 * "bn_Conv1/gamma:0" holds slashes itself, and a nested model puts all its weights below its own name.
 * Layout: keras/src/legacy/saving/legacy_h5_format.py.
 */
import type { H5File } from './h5.ts'
import type { WeightFile } from './types.ts'

const modelRoot = 'model_weights/'
/** What training left behind: moments and step counts. */
const optimizerRoot = 'optimizer_weights/'

/** The tensors of a legacy file by their paths, those of the optimizer left out. */
export function readKerasH5({ datasets }: H5File, path: string): WeightFile {
  const tensors = datasets
    .filter(dataset => !dataset.path.startsWith(optimizerRoot))
    .map(dataset => [withoutRoot(dataset.path), dataset.read()] as const)
  return { path, format: 'keras-h5', layout: 'keras', tensors: new Map(tensors), metadata: {} }
}

function withoutRoot(path: string): string {
  return path.startsWith(modelRoot) ? path.slice(modelRoot.length) : path
}
