/** A file's weights for a backbone. */
import type { Tensor } from '../../graph/types.ts'
import type { Backbone } from '../types.ts'
import { matchWeights } from './match.ts'
import { readWeights } from './read.ts'

/**
 * Reads the weights that a backbone takes.
 *
 * @throws UserError `weights` when the file cannot be read or does not fit
 */
export async function backboneWeights(
  { graph, input }: Pick<Backbone, 'graph' | 'input'>,
  path: string,
): Promise<ReadonlyMap<string, Tensor>> {
  const expected = graph.inputs.filter(({ name }) => name !== input)
  const shapes = new Map(expected.map(({ name, shape }) => [name, { shape: shape as readonly number[] }]))
  return matchWeights(shapes, await readWeights(path)).tensors
}
