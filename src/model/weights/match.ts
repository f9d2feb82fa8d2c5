/** Weights fitted to a model by name: every tensor is accounted for, or the error lists what is not. */
import type { Tensor } from '../../graph/types.ts'
import { UserError } from '../../util/errors.ts'
import { alphaOf, type CanonicalWeights, canonicalWeights } from './canonical.ts'
import { withBatchNorm } from './folded.ts'
import { renamedByOrder } from './order.ts'
import type { WeightFile } from './types.ts'

/** A classifier's layer that the file carries and the model does not ask for. */
export interface TopLayer {
  /** Such as "predictions". */
  readonly name: string
  /** float32 [in, out] */
  readonly kernel: Tensor
  /** float32 [out]; null where the layer has none. */
  readonly bias: Tensor | null
}

export interface MatchedWeights {
  /** Exactly the expected names, float32, canonical layouts. */
  readonly tensors: ReadonlyMap<string, Tensor>
  /** Dense layers that the model does not have, in the file's order: a head that can be used, or be ignored. */
  readonly top: readonly TopLayer[]
  /** Whether batch normalization had been folded away in the file, and was put back. */
  readonly folded: boolean
  /** Whether the file's layers have other names, and were recognised by their order, as Keras does. */
  readonly byOrder: boolean
}

/** What a model says of the weights it wants. */
export type ExpectedWeights = ReadonlyMap<string, { readonly shape: readonly number[] }>

/**
 * The file's weights for a model.
 *
 * @param expected canonical names with canonical shapes (see `canonicalWeights`), in Keras' order of layers
 * @throws UserError `weights` that counts what is missing, left over, of another shape or not finite, and shows the
 *   first of each
 */
export function matchWeights(expected: ExpectedWeights, file: WeightFile): MatchedWeights {
  const found = canonicalWeights(file)
  const named = withBatchNorm(found, name => expected.has(name))
  const isComplete = [...expected.keys()].every(name => named.has(name))
  const reordered = isComplete || file.format !== 'keras-h5' ? null : renamedByOrder(found, expected)
  const weights = reordered ?? named
  const top = topLayers(weights, expected)
  const topNames = new Set(top.flatMap(({ name }) => [`${name}/kernel`, `${name}/bias`]))
  const problems = problemsOf(expected, weights, topNames)
  if (problems.length > 0) throw mismatch(file.path, problems, expected, found)
  const tensors = new Map([...expected.keys()].map(name => [name, weights.get(name)!]))
  return { tensors, top, folded: weights.size > found.size, byOrder: reordered !== null }
}

/** MobileNetV2 has no dense layer below its head, so one that is not expected is a head. */
function topLayers(weights: CanonicalWeights, expected: ExpectedWeights): TopLayer[] {
  return [...weights]
    .filter(([name, { shape }]) => name.endsWith('/kernel') && shape.length === 2 && !expected.has(name))
    .map(([name, kernel]) => {
      const layer = name.slice(0, -'/kernel'.length)
      return { name: layer, kernel, bias: weights.get(`${layer}/bias`) ?? null }
    })
}

/** One clause for each kind of trouble, such as "2 are missing: a, b". */
function problemsOf(
  expected: ExpectedWeights,
  weights: CanonicalWeights,
  top: ReadonlySet<string>,
): string[] {
  const names = [...expected.keys()]
  const present = names.filter(name => weights.has(name))
  const shapeOf = (name: string) => `[${weights.get(name)!.shape}]`
  const wrong = present.filter(name => shapeOf(name) !== `[${expected.get(name)!.shape}]`)
  const infinite = present.filter(name => !(weights.get(name)!.data as Float32Array).every(Number.isFinite))
  return [
    clause(
      'missing',
      names.filter(name => !weights.has(name)),
    ),
    clause(
      'left over',
      [...weights.keys()].filter(name => !expected.has(name) && !top.has(name)),
    ),
    clause(
      'of another shape',
      wrong,
      name => `"${name}" is ${shapeOf(name)}, not [${expected.get(name)!.shape}]`,
    ),
    clause('not finite', infinite),
  ].filter(text => text !== '')
}

const shownOfEach = 3

function clause(
  what: string,
  names: readonly string[],
  describe = (name: string): string => `"${name}"`,
): string {
  if (names.length === 0) return ''
  const shown = names.slice(0, shownOfEach).map(describe)
  const rest = names.length - shown.length
  const verb = names.length === 1 ? 'is' : 'are'
  return `${names.length} ${verb} ${what}: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

function mismatch(
  path: string,
  problems: readonly string[],
  expected: ExpectedWeights,
  found: CanonicalWeights,
): UserError {
  const message = `The weights in "${path}" do not fit the model: of ${expected.size} tensors, ${problems.join('; ')}`
  const alpha = alphaOf(found)
  const wanted = expected.get('block_16_project/kernel')?.shape[0]
  const hint =
    alpha !== null && wanted !== undefined && wanted !== alpha * 320
      ? `the file holds a MobileNetV2 of alpha ${alpha}, the model has alpha ${wanted / 320}`
      : 'give the weights of a MobileNetV2 of the same width, with the names that Keras gives its layers'
  return new UserError('weights', message, { hint })
}
