/** Weights averaged over the last steps: what a phase learned, without the noise of its last batches. */
import { accumulatorOver } from '../graph/optimizers/accumulate.ts'
import type { FoldedOptimizer } from '../graph/optimizers/folded.ts'

export interface Averages {
  /** Moves them towards the weights as they are: `decay` of the averages stays, 0..1. */
  follow(decay: number): void
  /** Runs something while the averages are in the weights' place. */
  inPlace<T>(run: () => Promise<T>): Promise<T>
}

/** Averages in the last region of the optimizer's memory, where checkpoints find them; they begin as the weights. */
export function averagesOf(optimizer: FoldedOptimizer): Averages {
  const { flat } = optimizer
  const weights = new Float32Array(flat.memory.buffer, flat.regions[0], flat.length)
  const averages = flat.moments.at(-1)!
  const add = accumulatorOver(flat)
  averages.set(weights)
  const exchange = (): void => {
    const before = weights.slice()
    weights.set(averages)
    averages.set(before)
    optimizer.fold()
  }
  return {
    follow: decay => add(averages, decay, weights, 1 - decay),
    async inPlace(run) {
      exchange()
      try {
        return await run()
      } finally {
        exchange()
      }
    },
  }
}
