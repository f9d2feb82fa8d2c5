/** Copies among a dataset's pictures, found before it is split, so that none is trained on and measured by at once. */
import { availableParallelism } from 'node:os'
import type { Dataset } from '../dataset/types.ts'
import { duplicateNotes } from '../inspect/duplicates.ts'
import { duplicateGroups } from '../inspect/groups.ts'
import { looksOf } from '../inspect/looks.ts'
import type { Preprocessing } from '../pipeline/types.ts'
import { openTrainingData } from '../train/data.ts'
import { counted } from '../util/words.ts'

export interface Copies {
  /** Ids of pictures that are one another's copies, two or more in each. */
  readonly groups: readonly (readonly string[])[]
  /** What a user should know of them, one sentence each. */
  readonly notes: readonly string[]
}

export interface CopyOptions {
  /** The pixels that training will want too: they are decoded once. */
  readonly preprocessing: Preprocessing
  readonly cache: string
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** Finds exact and near copies among the labelled pictures that can be read. */
export async function findCopies(dataset: Dataset, options: CopyOptions): Promise<Copies> {
  const { preprocessing, cache, signal, onProgress } = options
  const labelled = dataset.examples.filter(({ label }) => label !== null)
  const workers = Math.min(availableParallelism(), 8)
  const split = { train: labelled, validation: [], test: [] }
  const data = await openTrainingData(split, { preprocessing, cache, workers, signal })
  try {
    const all = labelled.map((_, position) => position)
    const { looks, positions } = await looksOf(data, all, cache, done => onProgress(done, all.length))
    const examples = positions.map(position => labelled[position]!)
    const found = duplicateGroups(
      positions.map(position => data.keys[position]!),
      looks,
    )
    const isDrawn = labelled.every(({ split: named }) => named === null)
    return {
      groups: found.map(({ members }) => members.map(place => examples[place]!.id)),
      notes: withAdvice(duplicateNotes(found, examples), isDrawn),
    }
  } finally {
    await data.close()
  }
}

/** Exact copies only, which the contents' keys tell: a few sentences about them. */
export function exactCopyNotes({ examples }: Dataset, keys: readonly (string | null)[]): string[] {
  const known = [...keys.keys()].filter(place => keys[place] !== null && examples[place]!.label !== null)
  const groups = duplicateGroups(
    known.map(place => keys[place]!),
    null,
  )
  return withAdvice(
    duplicateNotes(
      groups,
      known.map(place => examples[place]!),
    ),
    false,
  )
}

function withAdvice(notes: readonly string[], isKeptTogether: boolean): string[] {
  if (notes.length === 0) return []
  const together = isKeptTogether ? ['Copies are kept on one side of the split'] : []
  return [...notes, ...together, '"graft inspect" shows which']
}

/** What was left out by a table, in a sentence. */
export function exclusionNote(path: string, excluded: number): string {
  return excluded === 0
    ? `None of these examples is excluded by "${path}"`
    : `Left out ${counted(excluded, 'example')} that "${path}" excludes`
}
