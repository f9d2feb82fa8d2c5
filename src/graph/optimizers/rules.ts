/** Optimizers' rules as Keras 3 writes them: what happens to one element of a parameter. */
import { add, div, type KernelSource, mul, operands, sqrt, sub } from './kernel.ts'

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

export interface Rule {
  /** Over the parameter, its gradient, and the moments. */
  readonly source: KernelSource
  /**
   * The source's scalars.
   *
   * @param step counts from 1
   * @param rank of the parameter; vectors do not decay
   */
  scalars(step: number, learningRate: number, rank: number): readonly number[]
}

export function ruleOf(options: OptimizerOptions): Rule {
  return options.type === 'sgd' ? sgd(options) : adam(options)
}

/**
 * Kingma and Ba 2015, algorithm 1, in the order of section 2 that Keras uses, with epsilon outside of the bias
 * correction: p -= rate * m / (sqrt(v) + epsilon), rate = learningRate * sqrt(1 - beta2^t) / (1 - beta1^t).
 * AdamW (Loshchilov and Hutter 2019) first multiplies kernels by 1 - learningRate * weightDecay.
 */
function adam(options: Exclude<OptimizerOptions, { type: 'sgd' }>): Rule {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options
  const weightDecay = options.type === 'adamw' ? (options.weightDecay ?? 0.004) : 0
  return {
    source: adamSource(),
    scalars(step, learningRate, rank) {
      const correction = Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step)
      const keep = rank > 1 ? 1 - learningRate * weightDecay : 1
      return [1 - beta1, 1 - beta2, learningRate * correction, epsilon, keep]
    },
  }
}

function adamSource(): KernelSource {
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
function sgd({ momentum = 0 }: { readonly momentum?: number }): Rule {
  const { arrays, scalars } = operands(3, 2)
  const [p, g, m] = arrays as [never, never, never]
  const [keep, rate] = scalars as [never, never]
  const assignments = [
    { array: 2, value: sub(mul(m, keep), mul(g, rate)) },
    { array: 0, value: add(p, m) },
  ]
  return {
    source: { arrays: 3, scalars: 2, assignments },
    scalars: (_step, learningRate) => [momentum, learningRate],
  }
}
