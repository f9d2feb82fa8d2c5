/** What the report of a run tells, as plain data. */
import type { CrossValidation } from '../../evaluate/cross-validation.ts'
import type { Evaluation } from '../../evaluate/evaluation.ts'
import type { Predictions } from '../../evaluate/types.ts'
import type { RunRecord } from '../../train/run-folder.ts'
import type { EpochRecord } from '../../train/types.ts'

/** What the shipped file answers to the examples of one split. */
export interface SplitReport {
  readonly evaluation: Evaluation
  /** Each example's answer; null for runs that did not keep them and whose images are not at hand. */
  readonly predictions: Predictions | null
}

/** How many examples of a class each split has. */
export interface ClassCount {
  readonly name: string
  readonly train: number
  readonly validation: number
  readonly test: number
}

/** One example to look at. */
export interface Exhibit {
  readonly id: string
  /** Indices of classes. */
  readonly label: number
  readonly predicted: number
  /** Float32 [K]. */
  readonly probabilities: ArrayLike<number>
  /** What the network saw, as a `data:` URL; null when the file cannot be read any more. */
  readonly picture: string | null
  /** What spoke for the predicted class, as a `data:` URL of a picture to be laid over the other. */
  readonly heat: string | null
}

/** Examples to look at, chosen by what the classifier said of them. */
export interface Gallery {
  readonly wrong: readonly Exhibit[]
  /** Right or wrong, but close, and not among `wrong`. */
  readonly uncertain: readonly Exhibit[]
  /** Ids of those whose picture cannot be shown. */
  readonly missing: readonly string[]
}

export interface RunReport {
  /** The data's name. */
  readonly name: string
  /** The run folder as commands name it. */
  readonly run: string
  readonly record: RunRecord
  /** In the order of the outputs. */
  readonly classNames: readonly string[]
  readonly epochs: readonly EpochRecord[]
  /** The epoch whose weights the classifier has. */
  readonly bestEpoch: number
  readonly validation: SplitReport | null
  readonly test: SplitReport | null
  /** Null for a run without folds. */
  readonly crossValidation: CrossValidation | null
  /** Null where the run did not keep a listing of its data. */
  readonly counts: readonly ClassCount[] | null
  /** What the classifier divides its logits by. */
  readonly temperature: number
  /** Of the classifier's file. */
  readonly bytes: number
  readonly gallery: Gallery
  /** Sentences about what is missing from this report, and what to do about it. */
  readonly notes: readonly string[]
}
