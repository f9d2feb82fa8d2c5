/**
 * Weights in Keras 3's own layout: `save_weights('x.weights.h5')`, and `model.weights.h5` inside a `.keras` archive.
 *
 * A layer's variables lie at layers/CLASS_n/vars/0, 1, ...: numbered by class, without their names. Newer
 * releases write the layer's name on the group `vars`; for older files the archive's config.json tells it.
 * Layout: keras/src/saving/saving_lib.py (`_save_container_state`).
 */
import type { Tensor } from '../../graph/types.ts'
import type { H5Dataset, H5File } from './h5.ts'
import type { ConfigLayer } from './topology.ts'
import { damagedHint, weightsError } from './trouble.ts'
import type { WeightFile } from './types.ts'

/** The variables of a layer in the order in which Keras creates them, by the layer's class in snake case. */
const variablesOf: Readonly<Record<string, readonly string[]>> = {
  conv2d: ['kernel', 'bias'],
  depthwise_conv2d: ['depthwise_kernel', 'bias'],
  dense: ['kernel', 'bias'],
  batch_normalization: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
}

/** Whether the file is in this layout rather than the legacy one. */
export function isKerasV3({ datasets }: H5File): boolean {
  return [...datasets.keys()].some(path => /^layers\/.+\/vars\/\d+$/.test(path))
}

/**
 * The tensors by layer and variable, such as "mobilenetv2_1.00_96/Conv1/kernel"; those of the optimizer are left out.
 *
 * @param config the model's outermost layer from config.json, where there is one
 * @throws UserError `weights` when the file does not tell its layers' names
 */
export function readKerasV3(file: H5File, path: string, config: ConfigLayer | null = null): WeightFile {
  const fromConfig = new Map(config === null ? [] : namesFromConfig(config))
  const layerName = (vars: string): string | undefined => file.texts(vars, 'name')[0] ?? fromConfig.get(vars)
  const tensors = new Map<string, Tensor>()
  for (const dataset of file.datasets.values()) {
    if (!dataset.path.startsWith('layers/')) continue
    const name = nameOf(dataset, layerName, path)
    if (tensors.has(name)) throw weightsError(path, `it holds "${name}" twice`, damagedHint)
    tensors.set(name, dataset.read())
  }
  return { path, format: 'keras-v3', layout: 'keras', tensors, metadata: {} }
}

/** "layers/functional/layers/conv2d/vars/0" becomes "mobilenetv2_1.00_96/Conv1/kernel". */
function nameOf(dataset: H5Dataset, layerName: (vars: string) => string | undefined, path: string): string {
  const parts = dataset.path.split('/')
  const layers: string[] = []
  for (let end = 2; end <= parts.length - 2; end += 2) {
    const name = layerName(`${parts.slice(0, end).join('/')}/vars`)
    if (name === undefined) {
      const hint = 'save the model as .keras, which holds the names, or as .h5'
      throw weightsError(path, `it does not tell the name of its layer "${parts[end - 1]}"`, hint)
    }
    layers.push(name)
  }
  return [...layers, variableName(parts)].join('/')
}

/** A variable of a class that is not listed keeps its number, and shows as left over. */
function variableName(parts: readonly string[]): string {
  const className = parts.at(-3)!.replace(/_\d+$/, '')
  const index = parts.at(-1)!
  return variablesOf[className]?.[Number(index)] ?? index
}

/** The paths of the `vars` groups that Keras gives to a config's layers, with the layers' names. */
function namesFromConfig(model: ConfigLayer, at = ''): [string, string][] {
  const counts = new Map<string, number>()
  return model.layers.flatMap((layer): [string, string][] => {
    const kind = snakeCase(layer.className)
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    const path = `${at}layers/${count === 0 ? kind : `${kind}_${count}`}`
    return [[`${path}/vars`, layer.name], ...namesFromConfig(layer, `${path}/`)]
  })
}

/** "DepthwiseConv2D" becomes "depthwise_conv2d", as `keras.src.utils.naming.to_snake_case` says. */
function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
