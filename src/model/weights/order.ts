/**
 * Weights recognised by their order, as Keras itself loads its files: layers have had other names over the years
 * (`mobl1_conv_expand` for what is `block_1_expand` today), their order stayed.
 */
import type { CanonicalWeights } from './canonical.ts'

/**
 * The weights under the expected names, when each of them agrees with the expected one at its place in its variable
 * and its shape; null otherwise. What comes after the expected ones keeps its name.
 *
 * @param expected canonical names in Keras' order: layer by layer, in each gamma, beta, moving mean, moving variance
 */
export function renamedByOrder(
  weights: CanonicalWeights,
  expected: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): CanonicalWeights | null {
  const found = [...weights]
  const renamed = new Map(found.slice(expected.size))
  let place = 0
  for (const [name, { shape }] of expected) {
    const [ownName, tensor] = found[place++] ?? []
    if (ownName === undefined || tensor === undefined) return null
    if (variableOf(ownName) !== variableOf(name) || `${tensor.shape}` !== `${shape}`) return null
    renamed.set(name, tensor)
  }
  return renamed
}

function variableOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
