/** What a model is to the rest of Graft. */
import type { Graph } from '../graph/types.ts'

/**
 * Whose statistics batch norm uses while it trains: the stored ones (`frozen`, what Keras advises for
 * fine-tuning), or those of the batch (`batch`, what `fit` on an unfrozen model does).
 */
export type BatchNormMode = 'frozen' | 'batch'

/** One step of a network, as Keras names and counts them. */
export interface Layer {
  readonly index: number
  readonly name: string
  /** The value that the layer gives. */
  readonly output: string
  /** Trained when the layer is: inputs of the graph. */
  readonly parameters: readonly string[]
  /** Measured, not trained: batch norm's moving statistics. */
  readonly buffers: readonly string[]
}

/** A network without its head. */
export interface Backbone {
  /** From `input`, float32 [N, 3, H, W] in [-1, 1], and the weights, to `output`, float32 [N, C, h, w]. */
  readonly graph: Graph
  readonly input: string
  readonly output: string
  readonly layers: readonly Layer[]
}
