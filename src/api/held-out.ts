/** The images of a run, found again where the data is now. */
import { existsSync } from 'node:fs'
import { readDataset } from '../dataset/dataset.ts'
import type { Example } from '../dataset/types.ts'
import type { RunRecord } from '../train/run-folder.ts'
import { UserError } from '../util/errors.ts'
import { randomOf, shuffled } from '../util/random.ts'
import { listed } from '../util/words.ts'

export interface HeldOutOptions {
  /** Where the data is now; by default where the run found it. */
  readonly data?: string | undefined
  readonly labels?: string | undefined
  readonly idColumn?: string | undefined
  readonly labelColumn?: string | undefined
  /** The most images that an export is verified on; 0 for none. Default 200, drawn by the run's seed. */
  readonly images?: number | undefined
}

/** Labelled examples, in an order that favours none; labels in the order of the run's class names. */
export interface RunExamples {
  readonly train: readonly Example[]
  readonly validation: readonly Example[]
}

const defaultImages = 200

/**
 * What the run was trained and validated on, shuffled by its seed.
 *
 * @throws UserError `data` when the data is not there, or lacks images that the run was validated on
 */
export async function runExamples(
  { data, plan }: RunRecord,
  { data: root = data.root, labels, idColumn, labelColumn }: HeldOutOptions,
): Promise<RunExamples> {
  if (!existsSync(root)) {
    const message = `The images that the run was validated on are not in "${root}"`
    throw new UserError('data', message, { hint: elsewhere })
  }
  const { classNames } = data
  const { examples } = await readDataset(root, { labels, idColumn, labelColumn, classNames })
  const [validation, test] = [new Set(data.validation), new Set(data.test)]
  const known = new Set(examples.map(({ id }) => id))
  const missing = data.validation.filter(id => !known.has(id))
  if (missing.length > 0) {
    const message = `The data in "${root}" lacks images that the run was validated on: ${listed(missing)}`
    throw new UserError('data', message, { hint: elsewhere })
  }
  const labelled = examples.filter(({ label }) => label !== null).sort((a, b) => (a.id < b.id ? -1 : 1))
  return {
    train: shuffled(
      labelled.filter(({ id }) => !validation.has(id) && !test.has(id)),
      randomOf(plan.seed, 'calibrate'),
    ),
    validation: shuffled(
      labelled.filter(({ id }) => validation.has(id)),
      randomOf(plan.seed, 'verify'),
    ),
  }
}

const elsewhere = 'say with --data where the data is now, or leave the check out with --images 0'

/** A seeded choice of the run's validation examples. Throws as {@link runExamples} does, unless none is wanted. */
export async function heldOutExamples(record: RunRecord, options: HeldOutOptions): Promise<Example[]> {
  const { images = defaultImages } = options
  if (images === 0 || record.data.validation.length === 0) return []
  return (await runExamples(record, options)).validation.slice(0, images)
}
