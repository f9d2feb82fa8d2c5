/** `data.jsonl` in a run folder: what each example was when the run began, so that a change can be told by name. */
import { join } from 'node:path'
import { z } from 'zod'
import type { Dataset } from '../dataset/types.ts'
import { fileNames } from '../train/run-folder.ts'
import { UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'
import { jsonLines, readJsonLines } from '../util/json-lines.ts'
import { counted, quoted } from '../util/words.ts'

/** An example's id, the name of its class, its split where the data names one, and the key of its content. */
export type Line = readonly [id: string, label: string | null, split: string | null, key: string | null]

const lineSchema: z.ZodType<Line> = z.tuple([
  z.string(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
])

/** A dataset and the keys of its examples' contents, in their order. */
export interface KeyedData {
  readonly dataset: Dataset
  readonly keys: readonly (string | null)[]
}

/** Writes the listing of a run that begins. */
export function writeDataListing(run: string, data: KeyedData): void {
  writeFileAtomic(join(run, fileNames.data), jsonLines(linesOf(data)))
}

/**
 * What is different from the run's data, in words that name files.
 *
 * @returns such as `1 file was added ("cat/9.jpg")`; empty when the listing is absent or tells no difference
 */
export function dataChanges(run: string, data: KeyedData): string[] {
  const before = new Map(listingOf(run).map(line => [line[0], line]))
  if (before.size === 0) return []
  const now = new Map(linesOf(data).map(line => [line[0], line]))
  const kept = [...now.values()].filter(([id]) => before.has(id))
  const differing = (part: 1 | 2 | 3): string[] =>
    kept.filter(line => line[part] !== before.get(line[0])![part]).map(([id]) => id)
  return [
    told(
      [...now.keys()].filter(id => !before.has(id)),
      'was added',
      'were added',
    ),
    told(
      [...before.keys()].filter(id => !now.has(id)),
      'is gone',
      'are gone',
    ),
    told(differing(3), 'has other content', 'have other content'),
    told(differing(1), 'has another label', 'have other labels'),
    told(differing(2), 'is in another split', 'are in other splits'),
  ].flat()
}

const namedAtMost = 3

function told(ids: readonly string[], one: string, several: string): string[] {
  if (ids.length === 0) return []
  const names = ids.slice(0, namedAtMost).map(quoted)
  const rest = ids.length > namedAtMost ? [...names, '...'] : names
  return [`${counted(ids.length, 'file')} ${ids.length === 1 ? one : several} (${rest.join(', ')})`]
}

function linesOf({ dataset, keys }: KeyedData): Line[] {
  const { classNames, examples } = dataset
  return examples.map(({ id, label, split }, at) => [
    id,
    label === null ? null : classNames[label]!,
    split,
    keys[at] ?? null,
  ])
}

/** The lines of a run's listing, none where it is absent; a damaged one tells nothing. */
export function listingOf(run: string): Line[] {
  try {
    return readJsonLines(join(run, fileNames.data), lineSchema)
  } catch (error) {
    if (error instanceof UserError) return []
    throw error
  }
}
