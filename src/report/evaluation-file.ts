/** `evaluation.json` in a run folder: the figures of the shipped file. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Evaluation } from '../evaluate/evaluation.ts'
import { UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'

export const evaluationFileName = 'evaluation.json'

/** Null where a split has no examples. */
export interface SavedEvaluations {
  readonly validation: Evaluation | null
  readonly test: Evaluation | null
}

export function writeEvaluations(run: string, { validation, test }: SavedEvaluations): void {
  writeFileAtomic(join(run, evaluationFileName), `${JSON.stringify({ validation, test }, null, 2)}\n`)
}

const share = z.number().min(0).max(1)
const interval = z.object({ low: share, high: share })
const count = z.int().nonnegative()
/** JSON has no NaN: what an empty bin has for figures is written as null. */
const orNaN = z
  .number()
  .nullable()
  .transform(value => value ?? Number.NaN)

const evaluation = z.looseObject({
  examples: z.int().positive(),
  accuracy: share,
  accuracyInterval: interval,
  loss: orNaN,
  macroF1: share,
  weightedF1: share,
  balancedAccuracy: share,
  matthews: z.number(),
  rocAuc: share.nullable(),
  rocAucInterval: interval.nullable().default(null), // runs of earlier versions kept none
  averagePrecision: z.number().nullable(),
  calibrationError: share,
  reliability: z.array(z.object({ low: share, high: share, count, confidence: orNaN, accuracy: orNaN })),
  perClass: z.array(z.object({ precision: share, recall: share, f1: share, support: count })),
  confusion: z.array(z.array(count)),
})
const schema = z.looseObject({ validation: evaluation.nullable(), test: evaluation.nullable() })

/**
 * The figures of a run; null where there is no such file, as in a run whose training has not finished.
 *
 * @throws UserError `run` when the file is damaged
 */
export function readEvaluations(run: string): SavedEvaluations | null {
  const path = join(run, evaluationFileName)
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new UserError('run', `Cannot read "${path}": it is damaged`, {
      hint: 'restore the file, or remove it and make the report again',
      cause,
    })
  }
}
