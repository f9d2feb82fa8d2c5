/** Optimizers: functions over flat float32 memory. */
import type { Tensor } from '../types.ts'
import { type FlatParameters, flatParameters, type Slot } from './flat.ts'
import { compileKernel } from './kernel.ts'
import { type OptimizerOptions, type Rule, ruleOf } from './rules.ts'

export type { FlatParameters } from './flat.ts'
export type { OptimizerOptions } from './rules.ts'

/** An optimizer bound to its parameters. */
export interface Optimizer {
  readonly flat: FlatParameters
  /**
   * Moves every parameter by its gradient.
   *
   * @param step counts from 1: how many updates there have been, this one included
   * @param learningRate at least 0; `scale` multiplies it for some parameters
   */
  update(step: number, learningRate: number, scale?: (parameter: string) => number): void
}

/** Copies the parameters into flat memory and readies the rule's kernel over it. */
export function optimizerFor(parameters: ReadonlyMap<string, Tensor>, options: OptimizerOptions): Optimizer {
  const rule = ruleOf(options)
  const flat = flatParameters(parameters, rule.source.arrays - 2)
  const move = moverOf(rule, flat)
  return {
    flat,
    update(step, learningRate, scale = () => 1) {
      for (const slot of flat.slots) move(slot, step, learningRate * scale(slot.name))
    },
  }
}

/** What moves a parameter by the rule. */
export function moverOf(
  { source, scalars }: Rule,
  { memory, regions }: FlatParameters,
): (slot: Slot, step: number, learningRate: number) => void {
  const run = compileKernel(source, memory)
  const own = regions.slice(0, source.arrays)
  return ({ start, count, shape }, step, learningRate) => {
    const offsets = own.map(region => region + start * 4)
    run(offsets, Math.ceil(count / 4) * 4, scalars(step, learningRate, shape.length))
  }
}
