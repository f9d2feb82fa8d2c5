/** Cases of elementwise operators. */
import {
  bools,
  type Case,
  constant,
  distinct,
  exactly,
  normal,
  type OpCases,
  positive,
  scalar,
} from './case.ts'

type Unary =
  | 'Abs'
  | 'Exp'
  | 'HardSigmoid'
  | 'Identity'
  | 'Log'
  | 'Neg'
  | 'Reciprocal'
  | 'Relu'
  | 'Sigmoid'
  | 'Sign'
  | 'Softplus'
type Binary = 'Add' | 'Div' | 'Max' | 'Min' | 'Mul' | 'Sub'
type Comparison = 'Equal' | 'Greater' | 'Less'
type Names = Unary | Binary | Comparison | 'And' | 'Cast' | 'Clip' | 'Sqrt' | 'Tanh' | 'Where'

const ofAnySign = [{ what: 'of any sign', inputs: [distinct('N', 6)] }]
const ofPositive = [{ what: 'of positive numbers', inputs: [positive('N', 3)] }]

/** Every way in which two shapes may broadcast. */
function broadcasts(make: (...shape: (number | string)[]) => Case<'Add'>['inputs'][number]): Case<Binary>[] {
  return [
    { what: 'of equal shapes', inputs: [make('N', 3), make('N', 3)] },
    { what: 'with the right one broadcast', inputs: [make('N', 3, 4), make(3, 1)] },
    { what: 'with the left one broadcast', inputs: [make(1, 4), make('N', 3, 4)] },
    { what: 'with both broadcast', inputs: [make('N', 1, 4), make(3, 1)] },
    { what: 'with a scalar', inputs: [make('N', 3), make()] },
  ]
}

const comparisons: Case<Comparison>[] = [
  { what: 'of equal shapes', inputs: [exactly([5], [1, 2, 3, 4, 5]), exactly([5], [5, 4, 3, 2, 1])] },
  { what: 'broadcast', inputs: [exactly(['N', 1], [1, 2]), exactly([3], [0, 1, 2])] },
]

const threeInputs = [
  { what: 'of three inputs', inputs: [normal(4), normal(4), normal(4)], message: /two inputs/ },
]

export const elementwiseCases: { readonly [K in Names]: OpCases<K> } = {
  Abs: { gradient: 'flows', cases: ofAnySign },
  Add: { gradient: 'flows', cases: broadcasts(normal) },
  And: { gradient: 'stops', cases: [{ what: 'broadcast', inputs: [bools(3, 4), bools(4)] }] },
  Cast: {
    gradient: 'flows',
    cases: [
      { what: 'to float64', inputs: [normal('N', 3)], attributes: { to: 11 } },
      { what: 'to float32', inputs: [normal('N', 3)], attributes: { to: 1 } },
    ],
    refused: [
      {
        what: 'to whole numbers',
        inputs: [exactly([4], [-1.5, -0.5, 0.5, 1.5])],
        attributes: { to: 7 },
        message: /a float value/,
      },
      {
        what: 'to truth values',
        inputs: [exactly([3], [-0.5, 0, 2])],
        attributes: { to: 9 },
        message: /a float value/,
      },
    ],
  },
  Clip: {
    gradient: 'flows',
    cases: [
      { what: 'with both bounds', inputs: [distinct('N', 12), scalar(-1), scalar(0.7)] },
      { what: 'with a lower bound', inputs: [distinct('N', 12), scalar(-0.3)] },
      { what: 'with an upper bound', inputs: [distinct('N', 12), undefined, scalar(0.3)] },
      { what: 'without bounds', inputs: [distinct('N', 3)] },
    ],
    refused: [{ what: 'with a computed bound', inputs: [normal(4), normal()], message: /must be constants/ }],
  },
  Div: { gradient: 'flows', cases: broadcasts(positive) },
  Equal: { gradient: 'stops', cases: comparisons },
  Exp: { gradient: 'flows', cases: ofAnySign },
  Greater: { gradient: 'stops', cases: comparisons },
  HardSigmoid: {
    gradient: 'flows',
    cases: [
      { what: 'by default', inputs: [distinct('N', 4)] },
      { what: 'of a steeper line', inputs: [distinct('N', 12)], attributes: { alpha: 1.5, beta: 0.3 } },
    ],
  },
  Identity: { gradient: 'flows', cases: ofAnySign },
  Less: { gradient: 'stops', cases: comparisons },
  Log: { gradient: 'flows', cases: ofPositive },
  Max: { gradient: 'flows', cases: broadcasts(normal), refused: threeInputs },
  Min: { gradient: 'flows', cases: broadcasts(normal), refused: threeInputs },
  Mul: { gradient: 'flows', cases: broadcasts(normal) },
  Neg: { gradient: 'flows', cases: ofAnySign },
  Reciprocal: { gradient: 'flows', cases: ofPositive },
  Relu: { gradient: 'flows', cases: ofAnySign },
  Sigmoid: { gradient: 'flows', cases: ofAnySign },
  Sign: { gradient: 'stops', cases: [{ what: 'with a zero', inputs: [exactly([3], [-2, 0, 3])] }] },
  Softplus: { gradient: 'flows', cases: ofAnySign },
  Sqrt: { gradient: 'flows', cases: ofPositive },
  Sub: { gradient: 'flows', cases: broadcasts(normal) },
  Tanh: { gradient: 'flows', cases: ofAnySign },
  Where: {
    gradient: 'flows',
    cases: [
      { what: 'of equal shapes', inputs: [bools(2, 3), normal(2, 3), normal(2, 3)] },
      { what: 'with a broadcast condition', inputs: [bools(3, 1), normal('N', 3, 4), normal('N', 3, 4)] },
      { what: 'with broadcast branches', inputs: [bools(2, 3), normal(3), normal(2, 1)] },
      { what: 'with one constant branch', inputs: [bools(2, 3), normal(2, 3), constant(normal(2, 3))] },
    ],
  },
}
