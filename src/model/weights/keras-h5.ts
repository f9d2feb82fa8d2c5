/**
 * Weights in Keras' legacy HDF5 layout, of `model.save('x.h5')` and of Keras 2's `save_weights('x.h5')`.
 *
 * Datasets lie at LAYER/WEIGHT_NAME, below `model_weights` when the whole model was saved; a weight name such as
 * "bn_Conv1/gamma:0" holds slashes itself, and a nested model puts all its weights below its own name. The
 * attributes `layer_names` and `weight_names` keep the order that the path names have lost.
 * Layout: keras/src/legacy/saving/legacy_h5_format.py.
 */
import type { H5Dataset, H5File } from './h5.ts'
import type { WeightFile } from './types.ts'

const modelRoot = 'model_weights'
/** What training left behind: moments and step counts. */
const optimizerRoot = 'optimizer_weights'

/** The tensors of a legacy file by their paths, in the model's order; those of the optimizer are left out. */
export function readKerasH5(file: H5File, path: string): WeightFile {
  const below = [...file.datasets.keys()].some(name => name.startsWith(`${modelRoot}/`))
    ? `${modelRoot}/`
    : ''
  const wanted = [...file.datasets.values()].filter(dataset => !dataset.path.startsWith(`${optimizerRoot}/`))
  const ordered = new Set([...listed(file, below), ...wanted]) // a dataset that is in both keeps its first place
  const tensors = [...ordered].map(dataset => [dataset.path.slice(below.length), dataset.read()] as const)
  return { path, format: 'keras-h5', layout: 'keras', tensors: new Map(tensors), metadata: {} }
}

/** The datasets that the attributes list, in their order. */
function listed(file: H5File, below: string): H5Dataset[] {
  const layers = file.texts(below.slice(0, -1), 'layer_names')
  const paths = layers.flatMap(layer =>
    file.texts(`${below}${layer}`, 'weight_names').map(name => `${below}${layer}/${name}`),
  )
  return paths.map(path => file.datasets.get(path)).filter(dataset => dataset !== undefined)
}
