/** A bundle's model for transformers.js: `pipeline('image-classification', folder)` loads it. */
import { type GraphBuilder, graphBuilder } from '../graph/builder.ts'
import { onnxNumber } from '../graph/onnx/dtypes.ts'
import { writeOnnx } from '../graph/onnx/write.ts'
import { subgraph } from '../graph/transforms.ts'
import type { Graph } from '../graph/types.ts'
import { headNames } from '../model/head.ts'
import { addGraph, addOpposite, networkNames } from './bundle-graph.ts'
import type { BundleFacts } from './facts.ts'
import { addFit, addFitBytes, addScale, addStoredScale } from './fit-graph.ts'
import type { Bundle } from './load-bundle.ts'

/**
 * The files that transformers.js 3 and 4 look for, by their paths in a folder: a model from `pixel_values` to
 * `logits`, its labels, and how to make pixel values.
 *
 * The library neither resizes nor scales: its resizing differs between Node and browsers, and from the one that the
 * model was trained with, so that is left to the model. Pictures of different sizes have to be given one by one.
 */
export function transformersFiles({ graph, facts }: Bundle): ReadonlyMap<string, string | Uint8Array> {
  const text = (value: object): string => `${JSON.stringify(value, null, 2)}\n`
  return new Map<string, string | Uint8Array>([
    ['config.json', text(modelConfig(facts))],
    ['preprocessor_config.json', text(pixelsAsTheyAre)],
    ['onnx/model.onnx', writeOnnx(transformersGraph(graph, facts), { producer: 'graft' })],
  ])
}

function modelConfig({ classNames, preprocessing }: BundleFacts): object {
  return {
    architectures: ['MobileNetV2ForImageClassification'],
    model_type: 'mobilenet_v2',
    problem_type: 'single_label_classification',
    image_size: preprocessing.size,
    id2label: Object.fromEntries(classNames.map((name, index) => [index, name])),
    label2id: Object.fromEntries(classNames.map((name, index) => [name, index])),
    // Without it, browsers look for a quantised model that is not there.
    'transformers.js_config': { dtype: 'fp32' },
  }
}

/** float32 [3, H, W] in 0..255, of the picture's own size. */
const pixelsAsTheyAre = {
  image_processor_type: 'MobileNetV2ImageProcessor',
  do_convert_rgb: true,
  do_resize: false,
  do_center_crop: false,
  do_rescale: false,
  do_normalize: false,
}

/** `pixel_values`, float32 [N, 3, H, W] in 0..255 -> `logits`, float32 [N, K], whose softmax are the probabilities. */
function transformersGraph(bundle: Graph, { preprocessing, head, quantization }: BundleFacts): Graph {
  const network = subgraph(bundle, [networkNames.input], [networkNames.output])
  const g = graphBuilder('graft', undefined, bundle.values)
  const values = g.input('pixel_values', 'float32', ['N', 3, 'H', 'W'])
  const levels = g.add('Cast', [values], { to: onnxNumber.uint8 }, 'levels')
  // Channels stay first: ONNX Runtime 1.30 mistakes the sizes of a Resize with axes behind a Transpose.
  const x = quantization
    ? addStoredScale(g, addFitBytes(g, levels, preprocessing, 'NCHW'), 'NCHW')
    : addScale(g, addFit(g, levels, preprocessing, 'NCHW'), 'NCHW')
  const uncalibrated = [headNames.logits, 'uncalibrated'] as const
  addGraph(g, network, new Map([[networkNames.input, x], uncalibrated]))
  const logits = head.activation === 'softmax' ? networkNames.output : addPair(g, networkNames.output)
  g.append({ op: 'Identity', name: 'logits', inputs: [logits], outputs: ['logits'], attributes: {} })
  return g.build(['logits'])
}

/** [N, 1] of z -> [N, 2] of -z/2 and z/2: their softmax is sigmoid(-z) and sigmoid(z). */
function addPair(g: GraphBuilder, logit: string): string {
  return g.add('Mul', [addOpposite(g, logit), g.constant('float32', [], [0.5])], {}, 'pair')
}
