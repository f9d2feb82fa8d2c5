/** Whether a dataset can be trained on at all, said before any work begins. */
import type { Dataset, Split } from '../dataset/types.ts'
import { UserError } from '../util/errors.ts'
import { formatPercent } from '../util/format.ts'

/**
 * @param tolerated the largest share of missing files, 0..1
 * @throws UserError `data` with what is wanted, what is there and what to do
 */
export function checkTrainable(
  { root, classNames, examples, missing }: Dataset,
  split: Split,
  tolerated: number,
): void {
  if (classNames.length === 0) {
    throw unusable(
      root,
      'its images have no labels',
      'put the images of each class in a folder of its own, or give --labels FILE.csv',
    )
  }
  if (classNames.length === 1) {
    throw unusable(
      root,
      `it has one class, "${classNames[0]}", and two are needed`,
      'add a folder of images of something else',
    )
  }
  const empty = classNames.filter((_, label) => !split.train.some(example => example.label === label))
  if (empty.length > 0) {
    const names = empty
      .slice(0, 5)
      .map(name => `"${name}"`)
      .join(', ')
    throw unusable(
      root,
      `no training example is left of ${names}`,
      'add photographs of it, or hold out less with --validation',
    )
  }
  const all = examples.length + missing.length
  if (missing.length > tolerated * all) {
    const share = `${missing.length} of ${all} files (${formatPercent(missing.length / all)})`
    const first = missing
      .slice(0, 3)
      .map(({ id }) => `"${id}"`)
      .join(', ')
    throw unusable(
      root,
      `${share} that its labels name are missing: ${first}`,
      'restore the files, or pass --skip-bad to train without them',
    )
  }
}

function unusable(root: string, problem: string, hint: string): UserError {
  return new UserError('data', `Cannot train on "${root}": ${problem}`, { hint })
}
