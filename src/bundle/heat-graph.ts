/** What a bundle's network looked at, as one more output of its graph: Grad-CAM by our own gradients. */
import { type GraphBuilder, graphBuilder } from '../graph/builder.ts'
import { gradientName, withGradients } from '../graph/gradients/index.ts'
import { onnxNumber } from '../graph/onnx/dtypes.ts'
import { prune } from '../graph/transforms.ts'
import type { Graph, Node } from '../graph/types.ts'
import { messageOf, UserError } from '../util/errors.ts'
import { bundleNames } from './bundle-graph.ts'

/**
 * The names beside those of a bundle's own input and output.
 *
 * - `class`: input, float32 [N, K]. Each row is 1 at the class that is asked about and 0 elsewhere; a row of zeros
 *   asks about the most probable class.
 * - `heat`: output, float32 [N, h, w] over the network's square, row by row from the top left, in 0..1: what spoke for
 *   the class. The hottest place is 1; all is 0 where nothing spoke for it.
 */
export const heatNames = { choice: 'class', heat: 'heat' } as const

/** Below this the hottest place counts as cold, so that nothing is divided by 0. */
const tiny = 1e-20

/**
 * The graph of a bundle with the heat map of a class beside the probabilities.
 *
 * Grad-CAM (Selvaraju et al. 2017, equations 1 and 2) on what the global pooling reads: the ReLU of the channels' sum,
 * each weighted by the mean gradient of the class's score before softmax or sigmoid. It is then divided by its
 * maximum. Behind average pooling this is the class-activation map of Zhou et al. (2016).
 *
 * @param graph as `loadBundle` gives it
 * @throws RangeError when the graph has no global pooling before a last softmax or sigmoid
 */
export function heatMapGraph(graph: Graph): Graph {
  const { scores, features } = landmarks(graph)
  const asked = graphBuilder(graph.name, graph)
  const score = askedScore(asked, scores)
  const g = graphBuilder(graph.name, withGradients(asked.build([score]), score, [features]))
  addHeat(g, features, gradientName(features))
  return prune(g.build([bundleNames.output, heatNames.heat]))
}

/** The same of a bundle. Throws UserError `model` when its network cannot be explained. */
export function explainedGraph({ graph, name }: { readonly graph: Graph; readonly name: string }): Graph {
  try {
    return heatMapGraph(graph)
  } catch (cause) {
    throw new UserError('model', `Cannot draw heat maps of "${name}": ${messageOf(cause)}`, {
      hint: 'train it anew: networks of Graft end in global pooling and one dense layer',
      cause,
    })
  }
}

/** Whether heat maps can be had of a bundle's graph. */
export function isExplainable({ graph }: { readonly graph: Graph }): boolean {
  try {
    heatMapGraph(graph)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/**
 * The input `class`: a row for each picture.
 *
 * @param classes indices of classes; null, or absent, asks about the most probable one
 * @param count pictures
 * @param known K, the number of classes
 * @returns float32 [count, K]
 * @throws RangeError when a class is not in 0..K-1
 */
export function choiceRows(classes: readonly (number | null)[], count: number, known: number): Float32Array {
  const rows = new Float32Array(count * known)
  for (const [row, choice] of classes.slice(0, count).entries()) {
    if (choice === null) continue
    if (!Number.isInteger(choice) || choice < 0 || choice >= known)
      throw new RangeError(`Expected a class in 0..${known - 1}. Received: ${choice}`)
    rows[row * known + choice] = 1
  }
  return rows
}

/** The scores, float32 [N, K], that become probabilities, and the features, float32 [N, C, h, w], they come from. */
function landmarks({ name, nodes }: Graph): { scores: string; features: string } {
  const last = nodes.find(({ outputs }) => outputs[0] === bundleNames.output)
  const pooling = nodes.findLast(({ op }) => op === 'GlobalAveragePool' || op === 'GlobalMaxPool')
  if (last === undefined || !isActivation(last) || pooling === undefined)
    throw new RangeError(`Expected global pooling and a last softmax or sigmoid. Received: graph "${name}"`)
  return { scores: last.inputs[0]!, features: pooling.inputs[0]! }
}

const isActivation = ({ op }: Node): boolean => op === 'Softmax' || op === 'Sigmoid'

/** The sum of each picture's score that is asked about, float32 []. Pictures do not mix, so neither do its gradients. */
function askedScore(g: GraphBuilder, scores: string): string {
  const choice = g.input(heatNames.choice, 'float32', g.info(scores).shape)
  const classAxis = g.constant('int64', [1], [1])
  const best = g.add('ReduceMax', [scores, classAxis], { keepdims: 1 }, 'heat/best')
  const isBest = g.add('Equal', [scores, best], {}, 'heat/is-best')
  const predicted = g.add('Cast', [isBest], { to: onnxNumber.float32 }, 'heat/predicted')
  const most = g.add('ReduceMax', [choice, classAxis], { keepdims: 1 }, 'heat/most')
  const isOpen = g.add('Equal', [most, g.constant('float32', [], [0])], {}, 'heat/is-open')
  const weights = g.add('Where', [isOpen, predicted, choice], {}, 'heat/asked')
  return g.add('ReduceSum', [g.add('Mul', [scores, weights])], { keepdims: 0 }, 'heat/score')
}

function addHeat(g: GraphBuilder, features: string, gradient: string): void {
  const [channelAxis, plane] = [g.constant('int64', [1], [1]), g.constant('int64', [2], [2, 3])]
  const weights = g.add('ReduceMean', [gradient, plane], { keepdims: 1 }, 'heat/weights') // [N, C, 1, 1]
  const weighted = g.add('Mul', [features, weights], {}, 'heat/weighted')
  const sum = g.add('ReduceSum', [weighted, channelAxis], { keepdims: 0 }, 'heat/sum') // [N, h, w]
  const positive = g.add('Relu', [sum], {}, 'heat/positive')
  const hottest = g.add('ReduceMax', [positive, g.constant('int64', [2], [1, 2])], {}, 'heat/hottest')
  const divisor = g.add('Max', [hottest, g.constant('float32', [], [tiny])], {}, 'heat/divisor')
  g.add('Div', [positive, divisor], {}, heatNames.heat)
}
