/** The weights that a run starts from. */
import { zeros } from '../graph/tensor.ts'
import type { Tensor } from '../graph/types.ts'
import { withHead } from '../model/head.ts'
import { initialWeight } from '../model/init.ts'
import { backboneWeights } from '../model/weights/backbone.ts'
import { calibrated } from './calibrate.ts'
import type { TrainingData } from './data.ts'
import { backboneOf, headOf } from './network.ts'
import type { Plan } from './types.ts'

/** The word that stands for weights drawn at random. */
export const randomWeights = 'random'

/**
 * Every weight of the plan's model: the backbone's from the plan's file, or drawn, and a new head's.
 *
 * @throws UserError `weights` when the file does not fit the model
 */
export async function startingWeights(
  plan: Plan,
  classes: number,
  data: TrainingData,
): Promise<Map<string, Tensor>> {
  const backbone = backboneOf(plan)
  const expected = backbone.graph.inputs.filter(({ name }) => name !== backbone.input)
  const whole = withHead(backbone.graph, backbone.output, headOf(plan, classes)).inputs
  const head = whole.slice(backbone.graph.inputs.length)
  const drawn = (values: typeof head): [string, Tensor][] =>
    values.map(value => [value.name, initialWeight(value, plan.seed)])
  const blank = head.map(({ name, shape }): [string, Tensor] => [
    name,
    zeros('float32', shape as readonly number[]),
  ])
  const newHead = plan.head.initial === 'zeros' ? blank : drawn(head)
  if (plan.model.weights === randomWeights) {
    return new Map([...(await calibrated(new Map(drawn(expected)), plan, data)), ...newHead])
  }
  return new Map([...(await backboneWeights(backbone, plan.model.weights)), ...newHead])
}
