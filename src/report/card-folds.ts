/** What a model card says of cross-validation. */
import { formatCount, formatPercent } from '../util/format.ts'
import { table } from './markdown.ts'
import type { ModelCard } from './types.ts'

/** The figures over all folds and of each; null for a run without folds. */
export function foldSection({ crossValidation }: ModelCard): string | null {
  if (crossValidation === null) return null
  const { folds, examples, accuracy, accuracyInterval, macroF1, perFold } = crossValidation
  const { low, high } = accuracyInterval
  return [
    '### By cross-validation',
    '',
    `The same training was done ${folds} times more, each time without one of ${folds} parts of the pictures, and measured on`,
    'that part: every picture was judged by a network that had not seen it. It tells what to expect of this training on',
    'pictures like these; the model in this folder is none of those networks.',
    '',
    table(
      ['', `all ${folds} folds`],
      [
        ['examples', formatCount(examples)],
        ['accuracy', formatPercent(accuracy, 2)],
        ['accuracy, 95% interval', `${formatPercent(low, 2)} to ${formatPercent(high, 2)}`],
        ['macro F1', macroF1.toFixed(4)],
        ...perFold.map((share, at) => [`accuracy of fold ${at + 1}`, formatPercent(share, 2)]),
      ],
    ),
  ].join('\n')
}
