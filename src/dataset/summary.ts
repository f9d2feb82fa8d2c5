/** How many examples of each class a dataset and its split have: plain data, for a terminal or a page to show. */
import type { Dataset, Split } from './types.ts'

export interface ClassSummary {
  readonly name: string
  readonly train: number
  readonly validation: number
  readonly test: number
  readonly total: number
}

export interface DatasetSummary {
  readonly root: string
  readonly format: Dataset['format']
  /** In the order of the labels. */
  readonly classes: readonly ClassSummary[]
  /** Over all classes. */
  readonly total: Omit<ClassSummary, 'name'>
  readonly unlabelled: number
  readonly missing: number
}

export function summarizeDataset(dataset: Dataset, split: Split): DatasetSummary {
  const counts = {
    train: countsOf(split.train),
    validation: countsOf(split.validation),
    test: countsOf(split.test),
  }
  const classes = dataset.classNames.map((name, label): ClassSummary => {
    const [train, validation, test] = [counts.train, counts.validation, counts.test].map(
      count => count.get(label) ?? 0,
    )
    return { name, train: train!, validation: validation!, test: test!, total: train! + validation! + test! }
  })
  const total = { train: split.train.length, validation: split.validation.length, test: split.test.length }
  return {
    root: dataset.root,
    format: dataset.format,
    classes,
    total: { ...total, total: total.train + total.validation + total.test },
    unlabelled: dataset.examples.filter(example => example.label === null).length,
    missing: dataset.missing.length,
  }
}

function countsOf(examples: Split['train']): ReadonlyMap<number | null, number> {
  const counts = new Map<number | null, number>()
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1)
  return counts
}
