/** Whether enough of the examples could be read to train on. */
import { UserError } from '../util/errors.ts'
import { formatPercent } from '../util/format.ts'
import type { TrainingData } from './data.ts'

/**
 * @param maxUnreadable the largest share of unreadable files, 0..1
 * @throws UserError `data` that names the first unreadable files when there are more, or when a class has no
 *   readable training example
 */
export function checkReadable(
  data: TrainingData,
  classNames: readonly string[],
  maxUnreadable: number,
): void {
  const { unreadable, examples } = data
  if (unreadable.size > maxUnreadable * examples.length) {
    const share = `${unreadable.size} of ${examples.length} files (${formatPercent(unreadable.size / examples.length)})`
    throw new UserError('data', `Cannot read ${share} as images: ${firstReasons(data)}`, {
      hint: 'mend or remove these files, or pass --skip-bad to train without them',
    })
  }
  const counts = classNames.map(() => 0)
  for (const position of data.train()) counts[examples[position]!.label!]!++
  const empty = classNames.filter((_, label) => counts[label] === 0)
  if (empty.length === 0) return
  const names = empty.slice(0, 5).map(name => `"${name}"`)
  const noun = empty.length === 1 ? 'class' : 'classes'
  const why = unreadable.size > 0 ? `; cannot read ${firstReasons(data)}` : ''
  throw new UserError('data', `No training example is left of ${noun} ${names.join(', ')}${why}`, {
    hint: 'add photographs of it, or remove the class',
  })
}

function firstReasons({ unreadable }: TrainingData): string {
  const first = [...unreadable.values()].slice(0, 3).map(({ reason }) => reason)
  const more = unreadable.size - first.length
  return `${first.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}
