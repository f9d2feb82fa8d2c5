/** Whether a split dataset can be trained on, and what is odd about it. */
import { UserError } from '../util/errors.ts'
import { counted, listed, quoted } from '../util/words.ts'
import { classesInNames } from './names.ts'
import type { Dataset, Split } from './types.ts'

/**
 * Refuses what no training can make sense of: no labels, one class, a class without a training example, or too many
 * missing files.
 *
 * Check again when unreadable images have been taken out of the split.
 *
 * @param tolerated the largest share of missing files, 0..1
 * @throws UserError `data`
 */
export function requireTrainable(dataset: Dataset, split: Split, tolerated: number): void {
  const { root, classNames, format } = dataset
  const refuse = (problem: string, hint: string): UserError =>
    new UserError('data', `Cannot train on ${quoted(root)}: ${problem}`, { hint })
  const labels = 'put the images of each class into a folder of its own, or name a manifest with --labels'
  if (classNames.length === 0 || format === 'unlabelled') {
    throw refuse(
      `its ${counted(dataset.examples.length, 'image')} have no labels`,
      namesHint(dataset) ?? labels,
    )
  }
  if (classNames.length === 1)
    throw refuse(
      `there is one class, ${quoted(classNames[0]!)}; wanted two or more`,
      namesHint(dataset) ?? labels,
    )
  const trained = new Set(split.train.map(example => example.label))
  const untrained = classNames.filter((_, label) => !trained.has(label))
  if (untrained.length > 0) {
    const noun = untrained.length === 1 ? 'the class' : 'the classes'
    const verb = untrained.length === 1 ? 'has' : 'have'
    throw refuse(
      `${noun} ${listed(untrained, 5)} ${verb} no training example`,
      'add images, or leave the class out',
    )
  }
  const { missing, examples } = dataset
  const all = examples.length + missing.length
  if (missing.length > tolerated * all) {
    const first = missing.slice(0, 3).map(({ id, reason }) => `${quoted(id)} (${reason})`)
    throw refuse(
      `${missing.length} of the ${counted(all, 'row')} of its labels give no example: ${first.join(', ')}`,
      'mend the labels or restore the files, or pass --skip-bad to train without them',
    )
  }
}

/** What to try where folders tell no classes apart and the files' names do; undefined where they do not. */
function namesHint({ examples, format }: Dataset): string | undefined {
  const classes = format === 'names' ? [] : classesInNames(examples.map(({ id }) => id))
  return classes.length === 0
    ? undefined
    : `if the names say what the images show, ${listed(classes)}, pass --labels names`
}

/** What a user should know before trusting the figures, one sentence each. */
export function splitNotes(dataset: Dataset, split: Split): string[] {
  const validated = new Set(split.validation.map(example => example.label))
  const unvalidated = dataset.classNames.filter((_, label) => !validated.has(label))
  if (split.validation.length === 0) return ['No example is held out for validation']
  return unvalidated.length === 0
    ? []
    : [`No validation example for ${listed(unvalidated, 5)}: too few images`]
}
