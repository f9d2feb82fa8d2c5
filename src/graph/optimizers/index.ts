/** Optimizers as Keras 3 writes them: functions over flat float32 memory. */
import type { Tensor } from '../types.ts'
import { type FlatParameters, flatParameters, type Slot } from './flat.ts'
import { add, compileKernel, div, type KernelSource, mul, operands, sqrt, sub } from './kernel.ts'

export type { FlatParameters } from './flat.ts'

/** Which rule, with Keras' defaults for what is left out. */
export type OptimizerOptions =
  | { readonly type: 'adam'; readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number }
  | {
      readonly type: 'adamw'
      readonly beta1?: number
      readonly beta2?: number
      readonly epsilon?: number
      /** Share of a kernel that decays per unit of learning rate; default 0.004. Biases and scales do not decay. */
      readonly weightDecay?: number
    }
  | { readonly type: 'sgd'; readonly momentum?: number }

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
  return options.type === 'sgd' ? sgd(parameters, options) : adam(parameters, options)
}

/** A slot's place in every region. */
function offsetsOf({ regions }: FlatParameters, { start }: Slot): number[] {
  return regions.map(region => region + start * 4)
}

const paddedCount = ({ count }: Slot): number => Math.ceil(count / 4) * 4

/**
 * Kingma and Ba 2015, algorithm 1, in the order of section 2 that Keras uses, with epsilon outside of the bias
 * correction: p -= rate * m / (sqrt(v) + epsilon), rate = learningRate * sqrt(1 - beta2^t) / (1 - beta1^t).
 * AdamW (Loshchilov and Hutter 2019) first multiplies kernels by 1 - learningRate * weightDecay.
 */
function adam(
  parameters: ReadonlyMap<string, Tensor>,
  options: Exclude<OptimizerOptions, { type: 'sgd' }>,
): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options
  const weightDecay = options.type === 'adamw' ? (options.weightDecay ?? 0.004) : 0
  const flat = flatParameters(parameters, 2)
  const run = compileKernel(adamKernel(), flat.memory)
  return {
    flat,
    update(step, learningRate, scale = () => 1) {
      const correction = Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step)
      for (const slot of flat.slots) {
        const rate = learningRate * scale(slot.name)
        const keep = slot.shape.length > 1 ? 1 - rate * weightDecay : 1
        run(offsetsOf(flat, slot), paddedCount(slot), [
          1 - beta1,
          1 - beta2,
          rate * correction,
          epsilon,
          keep,
        ])
      }
    },
  }
}

function adamKernel(): KernelSource {
  const { arrays, scalars } = operands(4, 5)
  const [p, g, m, v] = arrays as [never, never, never, never]
  const [gain1, gain2, rate, epsilon, keep] = scalars as [never, never, never, never, never]
  return {
    arrays: 4,
    scalars: 5,
    assignments: [
      { array: 2, value: add(m, mul(sub(g, m), gain1)) },
      { array: 3, value: add(v, mul(sub(mul(g, g), v), gain2)) },
      { array: 0, value: sub(mul(p, keep), div(mul(m, rate), add(sqrt(v), epsilon))) },
    ],
  }
}

/** Momentum as Keras has it: m = momentum * m - rate * g; p += m. */
function sgd(parameters: ReadonlyMap<string, Tensor>, { momentum = 0 }: { momentum?: number }): Optimizer {
  const flat = flatParameters(parameters, 1)
  const run = compileKernel(sgdKernel(), flat.memory)
  return {
    flat,
    update(_step, learningRate, scale = () => 1) {
      for (const slot of flat.slots) {
        run(offsetsOf(flat, slot), paddedCount(slot), [momentum, learningRate * scale(slot.name)])
      }
    },
  }
}

function sgdKernel(): KernelSource {
  const { arrays, scalars } = operands(3, 2)
  const [p, g, m] = arrays as [never, never, never]
  const [momentum, rate] = scalars as [never, never]
  return {
    arrays: 3,
    scalars: 2,
    assignments: [
      { array: 2, value: sub(mul(m, momentum), mul(g, rate)) },
      { array: 0, value: add(p, m) },
    ],
  }
}
