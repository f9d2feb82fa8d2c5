/** How every operator is tried. Complete by type: an operator without an entry does not compile. */
import type { OpName } from '../../../src/graph/ops.ts'
import { arrangeCases } from './arrange.ts'
import { type Case, normal, type OpCases, positive } from './case.ts'
import { elementwiseCases } from './elementwise.ts'
import { networkCases } from './network.ts'
import { quantizeCases } from './quantize.ts'

/** Most backward steps have no gradient of their own; the gradients that they compute are what is checked. */
const backward = <K extends OpName>(one: Omit<Case<K>, 'what'>): OpCases<K> => ({
  gradient: 'none',
  cases: [{ what: 'as a step of a loss', ...one }],
})

export const opCases: { readonly [K in OpName]: OpCases<K> } = {
  ...elementwiseCases,
  ...arrangeCases,
  ...networkCases,
  ...quantizeCases,
  AveragePoolGradient: backward({ inputs: [normal(1, 1, 3, 3), normal(1, 1, 3, 3)] }),
  BatchNormalizationGradient: backward({
    inputs: [normal(2, 1, 2, 2), normal(2, 1, 2, 2), positive(1), normal(1), positive(1)],
    outputs: 3,
  }),
  ClipGradient: backward({ inputs: [normal(3), normal(3)], attributes: { min: 0, max: 1 } }),
  ConvInputGradient: backward({
    inputs: [normal(1, 1, 2, 2), normal(1, 1, 1, 1)],
    attributes: { shape: [2, 2] },
  }),
  MaxPoolGradient: backward({ inputs: [normal(1, 1, 3, 3), normal(1, 1, 3, 3), normal(1, 1, 3, 3)] }),
}

/** Every operator with its cases, the link between the two forgotten by the type. */
export const everyOp: readonly (readonly [OpName, OpCases<OpName>])[] = Object.entries(opCases) as [
  OpName,
  OpCases<OpName>,
][]
