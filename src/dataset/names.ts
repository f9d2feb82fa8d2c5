/** Labels from the files' names, as in `cat.0.jpg` or `great_pyrenees_12.jpg`: all that precedes the number. */
import { counted } from '../util/words.ts'
import type { Item, Reading } from './items.ts'
import { stemOf } from './kinds.ts'
import { splitNameOf } from './split-name.ts'
import type { Tree } from './tree.ts'

/** A word, and behind it a number with whatever sets it off: `cat.0`, `cat_0`, `cat (1)`, `cat0`. */
const numbered = /^(.*?\p{L}.*?)[\s._-]*\(?\d+\)?$/u

/** The label in a path's name; undefined when no number ends it, or nothing but a number is there. */
export function labelInName(path: string): string | undefined {
  return numbered.exec(stemOf(path))?.[1]?.normalize('NFC')
}

/** Reads the labels that the names give; folders only say the split. */
export function readNames({ images }: Tree): Reading {
  const items = images.flatMap(({ path, source }): Item[] => {
    const className = labelInName(path)
    return className === undefined ? [] : [{ id: path, source, className, split: splitIn(path) }]
  })
  const leftOut = images.length - items.length
  const notes = leftOut === 0 ? [] : [`Left out ${counted(leftOut, 'image')} whose names end in no number`]
  return { format: 'names', items, missing: [], emptyClasses: [], notes }
}

function splitIn(path: string): Item['split'] {
  const folders = path.split('/').slice(0, -1)
  return folders.map(splitNameOf).find(split => split !== undefined) ?? null
}

/** The classes that the names of unlabelled images seem to give, two or more; none where they say nothing. */
export function classesInNames(paths: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const path of paths) {
    const label = labelInName(path)
    if (label === undefined) return []
    counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  const isTelling = counts.size > 1 && [...counts.values()].every(count => count > 1)
  return isTelling ? [...counts.keys()] : []
}
