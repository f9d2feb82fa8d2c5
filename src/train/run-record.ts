/** What a run was told, as its folder keeps it. */
import type { ColumnNames } from '../dataset/types.ts'
import type { Plan } from './types.ts'

/** `run.json`: enough to repeat the run, and to tell whether a checkpoint belongs to it. */
export interface RunRecord {
  readonly format: 1
  /** Versions of what computed it. */
  readonly versions: Readonly<Record<string, string>>
  /** The words of the command line that repeats it; runs of earlier versions have none. */
  readonly command?: readonly string[]
  readonly plan: Plan
  /** The largest share of unreadable files that the run bears, 0..1. */
  readonly maxUnreadable: number
  readonly backbone: { readonly name: string; readonly source: string; readonly licence: string }
  readonly data: {
    readonly root: string
    /** Of ids, labels, splits and contents; see `datasetFingerprint`. */
    readonly fingerprint: string
    readonly classNames: readonly string[]
    readonly examples: Readonly<Record<'train' | 'validation' | 'test', number>>
    /** The ids held out for validation, and those kept apart for a test. */
    readonly validation: readonly string[]
    readonly test: readonly string[]
    /** The headers of the table that gave the labels; absent where folders or several tables did. */
    readonly columns?: ColumnNames
  }
}
