/** `cross-validation.json` in a run folder: the figures over all folds. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { CrossValidation } from '../evaluate/cross-validation.ts'
import { UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'

export const crossValidationFileName = 'cross-validation.json'

export function writeCrossValidation(run: string, figures: CrossValidation): void {
  writeFileAtomic(join(run, crossValidationFileName), `${JSON.stringify(figures, null, 2)}\n`)
}

const share = z.number().min(0).max(1)
const schema: z.ZodType<CrossValidation> = z.looseObject({
  folds: z.int().min(2),
  examples: z.int().positive(),
  accuracy: share,
  accuracyInterval: z.object({ low: share, high: share }),
  macroF1: share,
  perFold: z.array(share).min(2),
})

/**
 * The figures of a run's folds; null where it has none, or their training has not finished.
 *
 * @throws UserError `run` when the file is damaged
 */
export function readCrossValidation(run: string): CrossValidation | null {
  const path = join(run, crossValidationFileName)
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new UserError('run', `Cannot read "${path}": it is damaged`, {
      hint: 'restore the file, or remove it to report without cross-validation',
      cause,
    })
  }
}
