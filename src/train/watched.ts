/** A seeded handful of validation examples: after each epoch a run tells what it says of them. */
import { join } from 'node:path'
import { contactSheet } from '../pipeline/contact-sheet.ts'
import { writeFileAtomic } from '../util/files.ts'
import { randomOf, shuffled } from '../util/random.ts'
import type { TrainingData } from './data.ts'
import { fileNames } from './run-folder.ts'
import type { WatchedExample } from './types.ts'

/** Examples that are watched; fewer where fewer are held out. */
const watchedCount = 24

/** The watched ones among a set's places 0..count-1; the same seed and count give the same ones. */
export function watchedPlaces(count: number, seed: number): number[] {
  const places = Array.from({ length: count }, (_, place) => place)
  return shuffled(places, randomOf(seed, 'watched')).slice(0, watchedCount)
}

/**
 * What the network says of the watched examples.
 *
 * @param places of the watched ones in the set
 * @param probabilities [set, classes]
 */
export function watchedExamples(
  places: readonly number[],
  probabilities: Float32Array,
  labels: readonly number[],
  ids: readonly string[],
): WatchedExample[] {
  const classes = probabilities.length / labels.length
  return places.map(place => {
    const row = probabilities.subarray(place * classes, (place + 1) * classes)
    const predicted = row.indexOf(Math.max(...row))
    const label = labels[place]!
    return {
      id: ids[place]!,
      label,
      predicted,
      score: rounded(row[predicted]!),
      labelScore: rounded(row[label]!),
    }
  })
}

const rounded = (probability: number): number => Math.round(probability * 1e4) / 1e4

/**
 * Writes the watched examples as one picture, row by row as the network sees them, into the run folder.
 *
 * @param positions of the watched ones in the data
 */
export async function writeWatched(
  run: string,
  data: TrainingData,
  positions: readonly number[],
): Promise<void> {
  const bytes = data.size * data.size * 3
  // What cannot be read any more stays white.
  const all = new Uint8Array(positions.length * bytes).fill(255)
  for await (const { places, pixels } of data.pixels(positions, positions.length)) {
    for (const [row, place] of places.entries())
      all.set(pixels.subarray(row * bytes, (row + 1) * bytes), place * bytes)
  }
  writeFileAtomic(join(run, fileNames.watched), await contactSheet(all, data.size))
}
