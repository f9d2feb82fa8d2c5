/** Small pictures of the examples that are shown. */
import type { TrainingData } from '../train/data.ts'

/** A small picture of an example, as the network sees it. */
export interface Thumbnail {
  readonly id: string
  /** uint8 RGB [size, size, 3] */
  readonly pixels: Uint8Array
  readonly size: number
}

/** The thumbnails of some examples by their ids; what cannot be read has none. */
export async function thumbnailsOf(
  data: TrainingData,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Thumbnail>> {
  const wanted = data.train().filter(position => ids.has(data.examples[position]!.id))
  const thumbnails = new Map<string, Thumbnail>()
  for await (const { places, pixels } of data.pixels(wanted, 64)) {
    const bytes = pixels.length / places.length
    places.forEach((place, at) => {
      const { id } = data.examples[wanted[place]!]!
      thumbnails.set(id, { id, pixels: pixels.slice(at * bytes, (at + 1) * bytes), size: data.size })
    })
  }
  return thumbnails
}
