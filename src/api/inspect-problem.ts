/** Why training would refuse a dataset. */
import { requireTrainable } from '../dataset/check.ts'
import type { Dataset, Split } from '../dataset/types.ts'
import type { Finding } from '../inspect/types.ts'
import { UserError } from '../util/errors.ts'
import { counted, quoted } from '../util/words.ts'

export interface Problem {
  readonly message: string
  readonly hint: string | null
}

/** As `train` has it without --skip-bad. */
const tolerated = 0.01

/** What is wrong before an image is opened; null when nothing is. */
export function splitProblem(dataset: Dataset, split: Split): Problem | null {
  try {
    requireTrainable(dataset, split, tolerated)
    return null
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { message: error.message, hint: error.hint ?? null }
  }
}

/** Too many files for training that cannot be read, or all of a class; null when neither is. */
export function unreadableProblem(
  { classNames }: Dataset,
  { train, validation }: Split,
  findings: readonly Finding[],
): Problem | null {
  const broken = new Map(
    findings.flatMap(found =>
      found.finding === 'unreadable' ? [[found.id, found.suggestion] as const] : [],
    ),
  )
  const looked = [...train, ...validation]
  const [first, ...more] = looked.filter(({ id }) => broken.has(id))
  if (first !== undefined && 1 + more.length > tolerated * looked.length) {
    const some = `${1 + more.length} of ${counted(looked.length, 'file')}`
    const message = `${some} for training and validation cannot be used. The first: ${broken.get(first.id)}`
    return { message, hint: 'mend or remove these files, or train with --skip-bad' }
  }
  const left = new Set(train.filter(({ id }) => !broken.has(id)).map(({ label }) => label))
  const empty = classNames.find((_, label) => !left.has(label))
  if (empty === undefined) return null
  const message = `No image of class ${quoted(empty)} can be read`
  return { message, hint: 'add photographs of it, or remove the class' }
}
