/** A bundle with what is known only when it has been tried: its temperature, and the figures on its card. */

import { tensorOf } from '../graph/tensor.ts'
import { bundleBytes } from './build.ts'
import { temperatureName } from './bundle-graph.ts'
import type { BundleCard } from './card.ts'
import { loadBundle } from './load-bundle.ts'

export interface Revision {
  /** Takes the place of the bundle's own; above 0. */
  readonly temperature: number
  readonly figures: BundleCard['figures']
}

/**
 * The bytes of the revised bundle; everything else stays as it is.
 *
 * @param bytes a bundle
 * @throws UserError `model` when the bytes are no bundle, RangeError when a figure is out of its range
 */
export function reviseBundle(bytes: Uint8Array, { temperature, figures }: Revision): Uint8Array {
  const { graph, facts } = loadBundle(bytes)
  const initializers = new Map(graph.initializers)
  initializers.set(temperatureName, tensorOf('float32', [], [temperature]))
  return bundleBytes({ ...graph, initializers }, { ...facts, temperature, card: { ...facts.card, figures } })
}
