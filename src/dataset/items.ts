/** What every layout of files comes down to, before labels become numbers. */
import type { Dataset, Missing, Source, SplitName } from './types.ts'

/** An image, its id and its class by name. */
export interface Item {
  readonly id: string
  readonly source: Source
  /** Null when unlabelled. */
  readonly className: string | null
  readonly split: SplitName | null
}

export interface Reading {
  readonly format: Dataset['format']
  readonly items: readonly Item[]
  readonly missing: readonly Missing[]
  /** Classes that are named and have no example. */
  readonly emptyClasses: readonly string[]
  readonly notes: readonly string[]
  readonly columns?: Dataset['columns']
}
