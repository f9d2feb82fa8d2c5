/** Whether a split dataset can be trained on, and what is odd about it. */
import { UserError } from '../util/errors.ts'
import type { Dataset, Split } from './types.ts'
import { counted, listed, quoted } from './words.ts'

/**
 * Refuses what no training can make sense of: no labels, one class, a class without a training example.
 *
 * Check again when unreadable images have been taken out of the split.
 *
 * @throws UserError `data`
 */
export function requireTrainable(dataset: Dataset, split: Split): void {
  const { root, classNames, format } = dataset
  const refuse = (problem: string, hint: string): UserError =>
    new UserError('data', `Cannot train on ${quoted(root)}: ${problem}`, { hint })
  const labels = 'put the images of each class into a folder of its own, or name a manifest with --labels'
  if (classNames.length === 0 || format === 'unlabelled') {
    throw refuse(`its ${counted(dataset.examples.length, 'image')} have no labels`, labels)
  }
  if (classNames.length === 1)
    throw refuse(`there is one class, ${quoted(classNames[0]!)}; wanted two or more`, labels)
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
