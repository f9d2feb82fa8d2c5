/** Learning rates that fall towards the frozen layers. */
import type { Layer } from '../model/types.ts'
import type { Phase } from './types.ts'

/** The factor of the learning rate for a parameter: `layerDecay` at the first trained layer, 1 at the head. */
export function layerScale(
  layers: readonly Layer[],
  { fromLayer, layerDecay }: Phase,
): (parameter: string) => number {
  if (fromLayer === null || layerDecay === 1) return () => 1
  const deep = layers.filter(layer => layer.index >= fromLayer && layer.parameters.length > 0)
  const depth = new Map(
    deep.flatMap((layer, at) => layer.parameters.map(name => [name, at / deep.length] as const)),
  )
  return parameter => layerDecay ** (1 - (depth.get(parameter) ?? 1))
}
