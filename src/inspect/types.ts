/** What can be wrong with a dataset, and how it is looked for, as plain data. */
import type { Plan } from '../train/types.ts'

/** Every kind of finding with what it is called in words, the gravest first. */
export const findingTitles = {
  unreadable: 'Files that cannot be read',
  'conflicting-labels': 'The same picture under different labels',
  leakage: 'The same picture in two splits',
  'wrong-label': 'Labels that look wrong',
  'label-typo': 'Class names that look like one',
  'exact-duplicate': 'Exact copies',
  'near-duplicate': 'Near copies: resized, saved anew or mirrored',
  misnamed: 'Files whose extension is wrong',
  blank: 'Blank pictures',
  dark: 'Very dark pictures',
  blurred: 'Blurred pictures',
  tiny: 'Tiny pictures',
  outlier: 'Pictures unlike all others',
  'class-imbalance': 'Classes of very different size',
} as const

export type FindingKind = keyof typeof findingTitles

/** `error`: it spoils training or its figures. `warning`: look at it. `note`: good to know. */
export type Severity = 'error' | 'warning' | 'note'

/** One thing that was found; a line of `findings.csv`. */
export interface Finding {
  /** The example; null where the finding is about a class. */
  readonly id: string | null
  readonly finding: FindingKind
  readonly severity: Severity
  /** The class as the data has it; null without a label. */
  readonly label: string | null
  /** What to do or to look at, in a few words. */
  readonly suggestion: string
  /** How sure or how strong, 0..1; null where there is no degree. */
  readonly score: number | null
  /** The other example, or class, that it is about. */
  readonly related: string | null
  /** `exclude`: `train --exclude` leaves the example out. `review`: a person should decide. */
  readonly action: 'exclude' | 'review'
}

/** What the finders know of an example. */
export interface Inspected {
  readonly id: string
  /** Index into the class names; null when unlabelled. */
  readonly label: number | null
  /** The split that the data names; null where it names none. */
  readonly split: 'train' | 'validation' | 'test' | null
}

/** What is being counted while a survey goes on. */
export type SurveyStage = 'pictures' | 'files' | 'features'

export interface SurveyOptions {
  /** Which network looks, at which pixels. */
  readonly plan: Plan
  readonly cache: string
  readonly workers: number
  readonly signal: AbortSignal
  readonly onProgress: (stage: SurveyStage, done: number, total: number) => void
}
