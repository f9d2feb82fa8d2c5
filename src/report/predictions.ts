/** `predictions.jsonl` in a run folder: what the shipped file answers to each example held out. */
import { join } from 'node:path'
import { z } from 'zod'
import type { Source } from '../dataset/types.ts'
import { UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'
import { jsonLines, readJsonLines } from '../util/json-lines.ts'

export const predictionsFileName = 'predictions.jsonl'

/** One example held out, what it is, and what it was taken for: enough for every figure without the pictures. */
export interface SavedPrediction {
  readonly split: 'validation' | 'test'
  readonly id: string
  /** The class's name. */
  readonly label: string
  /** In the order of the run's classes. */
  readonly probabilities: readonly number[]
  /** Where the picture was, to be shown again. */
  readonly source: Source
}

const count = z.int().nonnegative()
const source = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('file'), path: z.string() }),
  z.strictObject({
    type: z.literal('zip'),
    archive: z.string(),
    entry: z.string(),
    offset: count,
    compressedSize: count,
    size: count,
    method: count,
    crc32: count,
  }),
])

const schema: z.ZodType<SavedPrediction> = z.looseObject({
  split: z.enum(['validation', 'test']),
  id: z.string(),
  label: z.string(),
  probabilities: z.array(z.number().min(0).max(1.001)),
  source,
})

/** Digits that tell every float32 from its neighbours. */
const digits = 9

export function writePredictions(run: string, predictions: readonly SavedPrediction[]): void {
  const lines = predictions.map(({ probabilities, ...rest }) => ({
    ...rest,
    probabilities: probabilities.map(share => Number(share.toPrecision(digits))),
  }))
  writeFileAtomic(join(run, predictionsFileName), jsonLines(lines))
}

/**
 * The predictions of a run; none where it did not keep them.
 *
 * @param classNames of the run
 * @throws UserError `run` when the file is damaged, or of other classes
 */
export function readPredictions(run: string, classNames: readonly string[]): SavedPrediction[] {
  const path = join(run, predictionsFileName)
  const predictions = readJsonLines(path, schema)
  const isOther = ({ label, probabilities }: SavedPrediction): boolean =>
    !classNames.includes(label) || probabilities.length !== classNames.length
  const other = predictions.findIndex(isOther)
  if (other < 0) return predictions
  throw new UserError('run', `Cannot read "${path}": line ${other + 1} is of other classes than the run's`, {
    hint: 'remove the file: graft report makes it again where the images are at hand',
  })
}
