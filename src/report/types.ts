/** The words of a report: plain records, as a run folder keeps them. */
import type { CrossValidation } from '../evaluate/cross-validation.ts'
import type { Evaluation } from '../evaluate/evaluation.ts'

/** Figures over one set of examples; null, or not finite, where there is none. */
export interface EpochFigures {
  /** Cross-entropy in nats. */
  readonly loss: number | null
  /** 0..1. */
  readonly accuracy: number | null
}

/** One epoch of a run. */
export interface EpochRecord {
  /** Counted from 1 through all phases. */
  readonly epoch: number
  /** The phase's name, such as `head` or `fine-tune`. */
  readonly phase: string
  readonly train: EpochFigures
  readonly validation: EpochFigures
}

export type Series = 'train' | 'validation'
export type Figure = 'accuracy' | 'loss'

/** All that the card tells, as plain data. */
export interface ModelCard {
  /** The run folder as commands name it, such as `runs/cactus`. */
  readonly run: string
  /** File names in the run folder. */
  readonly files: { readonly bundle: string; readonly curve: string }
  /** Version of Graft, and the day of the training as YYYY-MM-DD. */
  readonly version: string
  readonly date: string
  readonly dataset: {
    readonly name: string
    /** How examples came to be of train or validation, as a sentence. */
    readonly split: string
  }
  /** In the order of the model's outputs, with their numbers of examples. */
  readonly classes: readonly { readonly name: string; readonly train: number; readonly validation: number }[]
  readonly backbone: { readonly name: string; readonly source: string; readonly licence: string }
  readonly training: {
    readonly recipe: string
    readonly seed: number
    readonly phases: readonly {
      readonly name: string
      readonly epochs: number
      readonly learningRate: number
    }[]
    /** The epoch whose weights the bundle holds. */
    readonly bestEpoch: number
    readonly seconds: number
  }
  /** Pixels on a side that the network sees, and how a picture becomes a square. */
  readonly preprocessing: { readonly size: number; readonly fit: 'squash' | 'pad' | 'crop' }
  /** Whether it calls a picture unknown that is like no training image. */
  readonly refuses: boolean
  readonly validation: Evaluation
  /** Over examples by which nothing was chosen; null when none were set aside. */
  readonly test: Evaluation | null
  /** Figures of the folds; null for a run without. */
  readonly crossValidation: CrossValidation | null
}
