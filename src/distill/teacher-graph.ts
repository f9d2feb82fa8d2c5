/** What a teacher computes, whatever kind of file it comes in. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { bundleFileName } from '../bundle/build.ts'
import { networkNames } from '../bundle/bundle-graph.ts'
import { type Bundle, loadBundle } from '../bundle/load-bundle.ts'
import { graphBuilder } from '../graph/builder.ts'
import { readOnnx, readOnnxMetadata } from '../graph/onnx/read.ts'
import { withSizes } from '../graph/sizes.ts'
import { tensorOf } from '../graph/tensor.ts'
import { bind, foldBatchNormalization, subgraph } from '../graph/transforms.ts'
import type { Graph } from '../graph/types.ts'
import { headNames } from '../model/head.ts'
import { mobilenetV2 } from '../model/mobilenet-v2.ts'
import { alphaOf, canonicalWeights } from '../model/weights/canonical.ts'
import { matchWeights } from '../model/weights/match.ts'
import { readWeights } from '../model/weights/read.ts'
import { UserError } from '../util/errors.ts'

/**
 * The network in a run folder, an ONNX file or a file of MobileNetV2 weights: from one float32 picture
 * [N, 3, size, size] in [-1, 1] to maps of features, [N, C, h, w], and logits, [N, K].
 *
 * @throws UserError `model` or `weights` when it is none of these, or takes pictures of another size
 */
export async function teacherGraph(path: string, size: number): Promise<Graph> {
  if (existsSync(join(path, bundleFileName))) return bundleTeacher(loadBundle(path), size)
  if (!path.endsWith('.onnx')) return weightsTeacher(path, size)
  const bytes = readTeacher(path)
  const isBundle = 'graft' in readOnnxMetadata(bytes, basename(path))
  return isBundle ? bundleTeacher(loadBundle(path), size) : onnxTeacher(bytes, path, size)
}

/** A classifier of ours between its scaled picture and its logits, with what it pools as features. */
function bundleTeacher({ graph, facts, name }: Bundle, size: number): Graph {
  const { preprocessing } = facts
  if (facts.quantization !== undefined) {
    throw new UserError('model', `Cannot learn from "${name}": it is in whole numbers of 8 bits`, {
      hint: 'give the run, or its best.onnx, which it was made from',
    })
  }
  if (preprocessing.size !== size) throw wrongSize(name, size, preprocessing.size, preprocessing.size)
  const source = (value: string): string => {
    const node = graph.nodes.find(({ outputs }) => outputs.includes(value))
    if (node !== undefined) return node.inputs[0]!
    throw new UserError('model', `Cannot learn from "${name}": its network is not one that graft train makes`)
  }
  // What is flattened is pooled from the map.
  const features = source(source(headNames.pooled))
  const network = subgraph(graph, [networkNames.input], [features, networkNames.output])
  return network.outputs[1]!.shape[1] === 1 ? withFirstLogit(network) : network
}

/** A lone logit of the second class says as much as the pair of 0 and itself. */
function withFirstLogit(network: Graph): Graph {
  const [features, logit] = network.outputs.map(({ name }) => name) as [string, string]
  const g = graphBuilder(network.name, network)
  const zero = g.add('Mul', [logit, g.initializer('teacher/zero', tensorOf('float32', [], [0]))])
  return g.build([features, g.add('Concat', [zero, logit], { axis: 1 }, 'teacher/logits')])
}

/** Any network with one picture as input. */
function onnxTeacher(bytes: Uint8Array, path: string, size: number): Graph {
  const { graph } = readOnnx(bytes, basename(path))
  const [input, ...others] = graph.inputs
  if (input === undefined || others.length > 0 || input.shape.length !== 4 || input.dtype !== 'float32') {
    throw new UserError('model', `Cannot learn from "${path}": it does not take one float32 picture`, {
      hint: 'give an ONNX network with the one input [N, 3, H, W], scaled to [-1, 1]',
    })
  }
  const [, , height, width] = input.shape
  const open = [height, width].filter(dim => typeof dim === 'string')
  if ([height, width].some(dim => typeof dim === 'number' && dim !== size)) {
    throw wrongSize(path, size, Number(width), Number(height))
  }
  return withSizes(graph, Object.fromEntries(open.map(dim => [dim, size])))
}

function readTeacher(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UserError('model', `Cannot read the teacher "${path}"`, { cause: error })
  }
}

async function weightsTeacher(path: string, size: number): Promise<Graph> {
  const file = await readWeights(path)
  const alpha = alphaOf(canonicalWeights(file))
  if (alpha === null) {
    throw new UserError(
      'weights',
      `Cannot learn from "${path}": its weights are not those of a MobileNetV2`,
      {
        hint: 'give an ONNX file for any other network',
      },
    )
  }
  const { graph, input } = mobilenetV2({ alpha, size })
  const wanted = graph.inputs.filter(({ name }) => name !== input)
  const shapes = new Map(wanted.map(({ name, shape }) => [name, { shape: shape as readonly number[] }]))
  return foldBatchNormalization(bind(graph, matchWeights(shapes, file).tensors))
}

function wrongSize(path: string, size: number, width: number, height: number): UserError {
  return new UserError(
    'model',
    `Cannot show "${path}" pictures of ${size} pixels: it takes ${width}x${height}`,
    { hint: `pass --teacher-size ${width}` },
  )
}
