/** The images that a distillation learns from: all of a folder, less what is left out, less a few to measure by. */
import { readFileSync } from 'node:fs'
import { readImages } from '../dataset/dataset.ts'
import { datasetFingerprint, fingerprintSources } from '../dataset/fingerprint.ts'
import type { Split } from '../dataset/types.ts'
import { UserError } from '../util/errors.ts'
import { randomOf, shuffled } from '../util/random.ts'
import type { DistillPlan } from './types.ts'

export interface DistillImages {
  readonly split: Split
  readonly fingerprint: string
}

/**
 * Lists images, without regard to labels.
 *
 * @param without folders, below the data's root, whose images are not read
 * @throws UserError `data` when too few images remain
 */
export async function distillImages(
  folder: string,
  without: readonly string[],
  plan: Pick<DistillPlan, 'seed' | 'validation' | 'batchSize'>,
): Promise<DistillImages> {
  const dataset = await readImages([folder])
  const unknown = without.find(name => !dataset.examples.some(({ id }) => id.startsWith(`${name}/`)))
  if (unknown !== undefined) {
    throw new UserError('data', `Cannot leave out "${unknown}": there is no image below it in "${folder}"`)
  }
  const kept = dataset.examples.filter(({ id }) => !without.some(name => id.startsWith(`${name}/`)))
  const order = shuffled(kept, randomOf(plan.seed, 'distill validation'))
  const held = new Set(order.slice(0, Math.round(kept.length * plan.validation)))
  const train = kept.filter(example => !held.has(example))
  if (train.length < plan.batchSize || held.size === 0) {
    throw new UserError('data', `Cannot distill on "${folder}": ${kept.length} images are too few`, {
      hint: `give more, or a smaller --batch-size than ${plan.batchSize}`,
    })
  }
  const keys = await fingerprintSources(
    kept.map(({ source }) => source),
    new Map(),
  )
  const fingerprint = datasetFingerprint({ ...dataset, examples: kept }, keys)
  return { split: { train, validation: kept.filter(example => held.has(example)), test: [] }, fingerprint }
}

/** The folders that a file names, one a line. @throws UserError `data` when it cannot be read */
export function listedFolders(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split(/\r?\n/)
      .map(line => line.trim().replace(/\/+$/, ''))
      .filter(line => line !== '')
  } catch (error) {
    throw new UserError('data', `Cannot read the list "${path}"`, { cause: error })
  }
}
