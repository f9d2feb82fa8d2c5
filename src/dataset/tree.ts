/** The files of a dataset sorted by what they are, wherever they lie. */

import { counted, listed } from '../util/words.ts'
import { type Kind, kindOf } from './kinds.ts'
import { compareCodeUnits } from './order.ts'
import type { Source } from './types.ts'

/** A file and its path below the root of the dataset, with `/` between folders. */
export interface TreeFile {
  readonly path: string
  readonly source: Source
}

/** What a listing finds, before it is sorted. */
export interface Listing {
  readonly files: readonly TreeFile[]
  /** Folders that hold nothing at all. */
  readonly emptyFolders: readonly string[]
  /** Folders that were not entered. */
  readonly hiddenFolders: readonly string[]
  readonly notes: readonly string[]
}

export interface Tree {
  /** Sorted by path, by code unit; each path once. */
  readonly images: readonly TreeFile[]
  /** CSV, TSV and JSONL files, sorted likewise. */
  readonly manifests: readonly TreeFile[]
  /** Archives that were not opened. */
  readonly archives: readonly TreeFile[]
  readonly emptyFolders: readonly string[]
  /** What was left out, one sentence each. */
  readonly notes: readonly string[]
}

export function treeOf(listing: Listing): Tree {
  const groups: Record<Kind, TreeFile[]> = { image: [], manifest: [], archive: [], hidden: [], other: [] }
  for (const file of listing.files) groups[kindOf(file.path)].push(file)
  for (const group of Object.values(groups)) group.sort((a, b) => compareCodeUnits(a.path, b.path))
  return {
    images: groups.image,
    manifests: groups.manifest,
    archives: groups.archive,
    emptyFolders: [...listing.emptyFolders].sort(compareCodeUnits),
    notes: [
      ...listing.notes,
      ...skippedNote(groups.other, groups.hidden.length + listing.hiddenFolders.length),
    ],
  }
}

/** Several listings as one. */
export function joinedListings(listings: readonly Listing[]): Listing {
  return {
    files: listings.flatMap(listing => listing.files),
    emptyFolders: listings.flatMap(listing => listing.emptyFolders),
    hiddenFolders: listings.flatMap(listing => listing.hiddenFolders),
    notes: listings.flatMap(listing => listing.notes),
  }
}

/** One sentence for all that is no image: how many files, and the first names. */
function skippedNote(others: readonly TreeFile[], hidden: number): string[] {
  const parts: string[] = []
  if (others.length > 0) {
    const noun =
      others.length === 1 ? '1 file that is no image' : `${counted(others.length, 'file')} that are no images`
    parts.push(`${noun}, ${listed(others.map(file => file.path))}`)
  }
  if (hidden > 0) parts.push(counted(hidden, 'hidden or system file', 'hidden or system files and folders'))
  return parts.length === 0 ? [] : [`Skipped ${parts.join('; ')}`]
}
