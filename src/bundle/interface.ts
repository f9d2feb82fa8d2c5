/** What every bundle's graph must be, whoever made it. */
import type { Graph, ValueInfo } from '../graph/types.ts'
import { bundleNames } from './bundle-graph.ts'
import type { BundleFacts } from './facts.ts'

/** Numbers that one value may hold for one picture; MobileNetV2 of alpha 1.4 at 1024 pixels has half as many. */
const maxElements = 2 ** 26

/**
 * Checks the inputs, the outputs and the sizes of a bundle's graph.
 *
 * @param facts what the bundle says of itself: one that refuses has a second output
 * @throws RangeError that says what was wanted and what is there
 */
export function checkInterface(
  graph: Graph,
  { classNames, reject }: Pick<BundleFacts, 'classNames' | 'reject'>,
): void {
  const probabilities = `${bundleNames.output}: float32 [N,${classNames.length}]`
  const unfamiliarity = `, ${bundleNames.unfamiliarity}: float32 [N]`
  expectOne('input', graph.inputs, `${bundleNames.input}: uint8 [N,H,W,3]`)
  expectOne('output', graph.outputs, reject ? probabilities + unfamiliarity : probabilities)
  for (const { name, shape } of graph.values.values()) {
    const known = shape.filter(dim => typeof dim === 'number')
    const elements = known.reduce((product, dim) => product * dim, 1)
    if (elements > maxElements) throw new RangeError(`Expected small values. Received: "${name}" [${shape}]`)
  }
}

function expectOne(what: string, values: readonly ValueInfo[], wanted: string): void {
  const found = values.map(({ name, dtype, shape }) => `${name}: ${dtype} [${shape}]`).join(', ')
  if (found !== wanted) throw new RangeError(`Expected the ${what} "${wanted}". Received: "${found}"`)
}
