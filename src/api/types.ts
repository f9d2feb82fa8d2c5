/** What a training is told, and what is known before it begins. */
import type { Dataset, Split } from '../dataset/types.ts'
import type { TrainOptions } from '../train/options.ts'
import type { WorkerRequest } from '../train/protocol.ts'
import type { RunRecord } from '../train/run-folder.ts'

/** What `train` may be told: how to train, where the labels are, where to put the run. */
export interface TrainRequest extends TrainOptions {
  /** The run folder; default `runs/<name of the data>`, numbered when that is taken. */
  readonly run?: string | undefined
  /** Go on with the run folder's checkpoint. */
  readonly resume?: boolean | undefined
  /** Where decoded pixels and features are kept; default: the user's cache. */
  readonly cache?: string | undefined
  /** A CSV, TSV, JSON or JSONL file that says the labels, `folders` or `names`; and its columns. */
  readonly labels?: string | undefined
  readonly idColumn?: string | undefined
  readonly labelColumn?: string | undefined
  /** A table of examples to leave out, such as the `findings.csv` of an inspection; see `excludedIds`. */
  readonly exclude?: string | undefined
  /** Cross-validate with so many folds, besides training the classifier; 2 or more. */
  readonly folds?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** A dataset with what identifies its content. */
export interface FingerprintedData {
  readonly dataset: Dataset
  /** Of the examples' contents, in their order; null where one cannot be read. */
  readonly keys: readonly (string | null)[]
  readonly name: string
  readonly fingerprint: string
}

/** What a run is, new or resumed, before it is put into words for the trainer. */
export interface RunStart {
  readonly run: string
  /** Lets others have the run folder, which is taken. */
  readonly release: () => void
  readonly record: RunRecord
  readonly split: Split
  /** Ids of examples that belong together, as far as was looked for. */
  readonly groups?: readonly (readonly string[])[]
  readonly notes: readonly string[]
}

/** Everything that a training needs. */
export interface Prepared extends RunStart, FingerprintedData {
  readonly request: WorkerRequest
  readonly resumed: boolean
}
