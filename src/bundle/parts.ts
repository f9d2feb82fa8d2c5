/** What a bundle is made of. */
import type { Tensor } from '../graph/types.ts'
import type { HeadOptions } from '../model/head.ts'
import type { Backbone } from '../model/types.ts'
import type { Preprocessing } from '../pipeline/types.ts'
import type { BundleCard } from './card.ts'
import type { Familiar } from './familiar.ts'

export interface BundleParts {
  /** A network whose batch norm uses its stored statistics. */
  readonly backbone: Backbone
  /** Every input of the backbone but its picture, and `predictions/kernel` and `predictions/bias`; nothing else. */
  readonly weights: ReadonlyMap<string, Tensor>
  readonly head: HeadOptions
  readonly preprocessing: Preprocessing
  /** Distinct, in the order of the outputs. */
  readonly classNames: readonly string[]
  readonly card: BundleCard
  /** Divides the logits before probabilities are made of them (Guo et al. 2017, section 4.2); default 1. */
  readonly temperature?: number
  /** What is familiar; without it the bundle refuses nothing. */
  readonly familiar?: Familiar | undefined
}
