/** What a bundle is made of. */
import type { Tensor } from '../graph/types.ts'
import type { HeadOptions } from '../model/head.ts'
import type { Backbone } from '../model/types.ts'
import type { Preprocessing } from '../pipeline/types.ts'
import type { Familiar } from './familiar.ts'

/** Figures over the examples of one split, as the run measured them. */
export interface CardFigures {
  readonly examples: number
  /** 0..1. */
  readonly accuracy: number
  /** Cross-entropy in nats. */
  readonly loss: number
  /** 0..1. */
  readonly macroF1: number
  /** 0..1, of class 1 against class 0; null with more classes than two. */
  readonly rocAuc: number | null
}

/** Where a model comes from and how good it is, as plain data. */
export interface BundleCard {
  /** The program that made it, such as `graft 0.1.0`. */
  readonly createdBy: string
  /** When, as ISO 8601; null where a file is to depend on nothing but its parts. */
  readonly createdAt: string | null
  readonly backbone: { readonly name: string; readonly source: string; readonly licence: string }
  readonly data: {
    readonly name: string
    /** A hash of the examples and their labels. */
    readonly fingerprint: string
    /** Numbers of examples. */
    readonly train: number
    readonly validation: number
    readonly test: number
  }
  readonly training: {
    readonly recipe: string
    readonly seed: number
    /** The epoch whose weights these are, counted from 1 through all phases. */
    readonly epoch: number
  }
  readonly figures: { readonly validation: CardFigures | null; readonly test: CardFigures | null }
}

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
