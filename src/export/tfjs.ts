/**
 * A classifier for TensorFlow.js: a layers model, and the metadata that Teachable Machine keeps beside its own.
 *
 * Formats: https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts (ModelJSON), and
 * https://github.com/googlecreativelab/teachablemachine-community/tree/master/libraries/image (Metadata).
 */
import { networkNames } from '../bundle/bundle-graph.ts'
import type { BundleFacts } from '../bundle/facts.ts'
import type { Bundle } from '../bundle/load-bundle.ts'
import { subgraph } from '../graph/transforms.ts'
import { headNames } from '../model/head.ts'
import { messageOf, UserError } from '../util/errors.ts'
import { version } from '../util/version.ts'
import { quoted } from '../util/words.ts'
import type { ExportFiles } from './files.ts'
import type { KerasLayer, KerasWeight } from './keras-layer.ts'
import { kerasLayers } from './keras-layers.ts'
import { labelModule } from './labels.ts'
import { tfjsReadme } from './tfjs-readme.ts'

/** The model's file in the folder: what `tf.loadLayersModel` is given. */
export const tfjsModel = 'model.json'
const weightsFile = 'weights.bin'

/**
 * The files of a layers model that `tf.loadLayersModel` loads: float32 [N, size, size, 3] in [-1, 1] -> probabilities
 * [N, K]. The network and its layers' names are those of Keras, batch norm is folded into the convolutions; resizing and
 * scaling are left to the program, as TensorFlow.js has no layer that resizes as Graft does.
 *
 * @param title the classifier's name
 * @throws UserError `model` when the bundle is in whole numbers, or its network cannot be said in layers of Keras
 */
export function tfjsFiles(bundle: Bundle, title: string): ExportFiles {
  const layers = layersOf(bundle)
  const weights = layers.flatMap(layer => layer.weights)
  return new Map<string, string | Uint8Array>([
    [tfjsModel, `${JSON.stringify(modelJson(layers))}\n`],
    [weightsFile, concatenated(weights)],
    ['metadata.json', `${JSON.stringify(metadataOf(bundle.facts, title), null, 2)}\n`],
    ...labelModule(bundle.facts.classNames),
    ['README.md', tfjsReadme(bundle.facts, title)],
  ])
}

function layersOf({ graph, facts, name }: Bundle): KerasLayer[] {
  if (facts.quantization)
    throw new UserError('model', `Cannot export ${quoted(name)} to TensorFlow.js: it is in whole numbers`, {
      hint: 'leave --quantize out: layers models are in float32',
    })
  try {
    const layers = kerasLayers(subgraph(graph, [networkNames.input], [headNames.logits]))
    return [...layers.slice(0, -1), probabilityLayer(layers.at(-1)!, facts)]
  } catch (cause) {
    throw new UserError('model', `Cannot export ${quoted(name)} to TensorFlow.js: ${messageOf(cause)}`, {
      cause,
    })
  }
}

/**
 * The head with probabilities as its output: divided by the temperature, and with one unit a class. A sigmoid's one
 * logit z becomes the pair -z/2 and z/2, whose softmax is sigmoid(-z) and sigmoid(z).
 */
function probabilityLayer(
  head: KerasLayer,
  { head: { activation }, temperature, classNames }: BundleFacts,
): KerasLayer {
  const factors = activation === 'softmax' ? [1 / temperature] : [-0.5 / temperature, 0.5 / temperature]
  const weights = head.weights.map(({ name, shape, data }) => ({
    name,
    shape: [...shape.slice(0, -1), classNames.length],
    data: spread(data, factors),
  }))
  return { ...head, config: { ...head.config, units: classNames.length, activation: 'softmax' }, weights }
}

/** Each number times every factor, one after the other. */
function spread(data: Float32Array, factors: readonly number[]): Float32Array {
  return Float32Array.from(
    { length: data.length * factors.length },
    (_, at) => data[Math.floor(at / factors.length)]! * factors[at % factors.length]!,
  )
}

function modelJson(layers: readonly KerasLayer[]): object {
  const node = (name: string): [string, 0, 0] => [name, 0, 0]
  return {
    format: 'layers-model',
    generatedBy: `graft ${version}`,
    convertedBy: null,
    modelTopology: {
      class_name: 'Model',
      config: {
        name: 'mobilenet_v2',
        layers: layers.map(({ className, name, config, inputs }) => ({
          class_name: className,
          name,
          config,
          inbound_nodes: inputs.length === 0 ? [] : [inputs.map(input => [...node(input), {}])],
        })),
        input_layers: [node(layers[0]!.name)],
        output_layers: [node(layers.at(-1)!.name)],
      },
    },
    weightsManifest: [
      {
        paths: [weightsFile],
        weights: layers.flatMap(layer =>
          layer.weights.map(({ name, shape }) => ({
            name: `${layer.name}/${name}`,
            shape,
            dtype: 'float32',
          })),
        ),
      },
    ],
  }
}

/** Little-endian, one after the other, in the manifest's order. */
function concatenated(weights: readonly KerasWeight[]): Uint8Array {
  const bytes = new Uint8Array(weights.reduce((sum, { data }) => sum + data.byteLength, 0))
  let at = 0
  for (const { data } of weights) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

/** As Teachable Machine's library reads it; what only Graft knows is in `userMetadata`. */
function metadataOf({ classNames, preprocessing, card }: BundleFacts, title: string): object {
  return {
    packageName: 'graft',
    packageVersion: version,
    ...(card.createdAt === null ? {} : { timeStamp: card.createdAt }),
    userMetadata: { preprocessing, data: card.data.name, figures: card.figures },
    modelName: title,
    labels: classNames,
    imageSize: preprocessing.size,
  }
}
