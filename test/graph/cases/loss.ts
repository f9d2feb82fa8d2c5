/** A case as a loss: what gradients are taken of. */
import { withGradients } from '../../../src/graph/gradients/index.ts'
import type { OpName } from '../../../src/graph/ops.ts'
import { type NdArray, ndarray } from '../../../src/graph/reference/index.ts'
import type { Graph } from '../../../src/graph/types.ts'
import { randomOf } from '../../../src/util/random.ts'
import { type Case, concrete, trialOf } from './case.ts'

export interface LossTrial {
  /** Its one output is `loss`. */
  readonly graph: Graph
  readonly feeds: Readonly<Record<string, NdArray>>
  /** The inputs whose gradients are checked. */
  readonly variables: readonly string[]
}

/** A loss that weighs every element of the operator's first output by a number of its own. */
export function lossOf<K extends OpName>(op: K, one: Case<K>, dtype: 'float32' | 'float64'): LossTrial {
  const { builder: g, feeds, outputs } = trialOf(op, one, dtype)
  const { dtype: outputType, shape } = g.info(outputs[0]!)
  const random = randomOf(2, op, one.what)
  const weights = ndarray(
    concrete(shape),
    ndarray(concrete(shape)).data.map(() => Math.fround(random.normal())),
  )
  const weighed = g.add('Mul', [outputs[0]!, g.input('weights', outputType, shape)])
  g.add('ReduceSum', [weighed], { keepdims: 0 }, 'loss')
  return { graph: g.build(['loss']), feeds: { ...feeds, weights }, variables: variablesOf(one) }
}

/** The names of the case's variables. */
export function variablesOf(one: Pick<Case<OpName>, 'inputs'>): string[] {
  return one.inputs.flatMap((input, index) => (input?.isVariable ? [`x${index}`] : []))
}

/** The loss with the gradients towards all its variables. */
export function gradientGraph({ graph, variables }: LossTrial): Graph {
  return withGradients(graph, 'loss', variables)
}
