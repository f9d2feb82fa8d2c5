/** The session behind a training step. */
import { divisionOf, openDividedSession } from '../graph/divided/session.ts'
import { gradientName } from '../graph/gradients/index.ts'
import { accumulatorOver } from '../graph/optimizers/accumulate.ts'
import type { FoldedOptimizer } from '../graph/optimizers/folded.ts'
import type { Session } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import type { Graph, Tensor } from '../graph/types.ts'
import type { Phase, Plan } from './types.ts'

/** Each crosses between processors twice a step: a sixth is won at 0.3 million, a sixth is lost at 1.8 million. */
const mostParameters = 1e6

/**
 * Whether it pays to divide a phase's batches: a head alone is too little work, many parameters are too much to exchange,
 * and statistics need the whole batch in one place.
 */
export function isDivisible({ fromLayer, batchNorm }: Phase, { flat }: FoldedOptimizer): boolean {
  return fromLayer !== null && batchNorm === 'frozen' && flat.length <= mostParameters
}

/** Fewer rows are too few for a product to be quick. */
const smallestPart = 8

/**
 * A step whose batches are divided among threads. An example's weight is its share of the whole batch, so the parts'
 * losses and gradients add up.
 */
export function openDividedStep(
  step: Graph,
  plan: Pick<Plan, 'threads' | 'batchSize'>,
  optimizer: FoldedOptimizer,
): Promise<Session> {
  const adder = accumulatorOver(optimizer.flat)
  return openDividedSession(step, { ...divisionOf(plan, smallestPart), reduction: 'sum', adder })
}

/** Where the step's graph writes its gradients, each in the shape that the graph gives. */
export function gradientPlaces(step: Graph, { inputGradients }: FoldedOptimizer): Record<string, Tensor> {
  const shapes = new Map(step.outputs.map(({ name, shape }) => [name, shape as readonly number[]]))
  return Object.fromEntries(
    [...inputGradients].map(([name, { data }]) => {
      const output = gradientName(name)
      return [output, tensor('float32', shapes.get(output)!, data)]
    }),
  )
}
