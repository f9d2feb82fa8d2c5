/** The images that a run held out for validation, found again where the data is now. */
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
  /** The most images; 0 for none. Default 200, drawn by the run's seed. */
  readonly images?: number | undefined
}

const defaultImages = 200

/**
 * A seeded choice of the run's validation examples, in the order of their ids.
 *
 * @throws UserError `data` when the data is not there, or no longer has them
 */
export async function heldOutExamples(
  { data, plan }: RunRecord,
  { data: root = data.root, images = defaultImages, ...columns }: HeldOutOptions,
): Promise<Example[]> {
  const ids = shuffled(data.validation, randomOf(plan.seed, 'verify')).slice(0, images)
  if (ids.length === 0) return []
  const dataset = await readAgain(root, columns)
  const known = new Map(dataset.examples.map(example => [example.id, example]))
  const missing = ids.filter(id => !known.has(id))
  if (missing.length === 0) return ids.sort().map(id => known.get(id)!)
  throw new UserError(
    'data',
    `The data in "${root}" lacks images that the run was validated on: ${listed(missing)}`,
    {
      hint: elsewhere,
    },
  )
}

const elsewhere = 'say with --data where the data is now, or leave the check out with --images 0'

async function readAgain(
  root: string,
  { labels, idColumn, labelColumn }: HeldOutOptions,
): ReturnType<typeof readDataset> {
  if (!existsSync(root))
    throw new UserError('data', `The images that the run was validated on are not in "${root}"`, {
      hint: elsewhere,
    })
  return readDataset(root, { labels, idColumn, labelColumn })
}
