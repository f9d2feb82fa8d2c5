/** Gradients of elementwise operators; for y = f(x), dX = dY * f'(x). */

import { onnxNumber } from '../onnx/dtypes.ts'
import type { OpName } from '../ops.ts'
import type { Node } from '../types.ts'
import { type GradientContext, type GradientRule, scalarLike, unbroadcast } from './rule.ts'

export const identity: GradientRule<OpName> = (_node, { dY }) => [dY]
export const neg: GradientRule<'Neg'> = (_node, { g, dY }) => [g.add('Neg', [dY])]

/** |x|' = sign(x), 0 at 0. */
export const abs: GradientRule<'Abs'> = ({ inputs }, { g, dY }) => [
  g.add('Mul', [dY, g.add('Sign', [inputs[0]!])]),
]
export const exp: GradientRule<'Exp'> = ({ outputs }, { g, dY }) => [g.add('Mul', [dY, outputs[0]!])]
export const log: GradientRule<'Log'> = ({ inputs }, { g, dY }) => [g.add('Div', [dY, inputs[0]!])]

export const sqrt: GradientRule<'Sqrt'> = ({ outputs }, { g, dY }) => {
  const half = g.add('Mul', [dY, scalarLike(g, dY, 0.5)])
  return [g.add('Div', [half, outputs[0]!])]
}

/** (1/x)' = -y^2 */
export const reciprocal: GradientRule<'Reciprocal'> = ({ outputs: [y] }, { g, dY }) => [
  g.add('Neg', [g.add('Mul', [dY, g.add('Mul', [y!, y!])])]),
]

/** 1 where y > 0, 0 at 0: the sign of a value that is never negative. */
export const relu: GradientRule<'Relu'> = ({ outputs }, { g, dY }) => [
  g.add('Mul', [dY, g.add('Sign', [outputs[0]!])]),
]

export const sigmoid: GradientRule<'Sigmoid'> = ({ outputs: [y] }, { g, dY }) => {
  const rest = g.add('Sub', [scalarLike(g, dY, 1), y!])
  return [g.add('Mul', [dY, g.add('Mul', [y!, rest])])]
}

/** alpha on the slope, 0 where the line is cut. */
export const hardSigmoid: GradientRule<'HardSigmoid'> = ({ outputs, attributes }, { g, dY }) => {
  const slope = g.add('Mul', [dY, scalarLike(g, dY, attributes.alpha)])
  return [g.add('ClipGradient', [slope, outputs[0]!], { min: 0, max: 1 })]
}

export const tanh: GradientRule<'Tanh'> = ({ outputs: [y] }, { g, dY }) => {
  const slope = g.add('Sub', [scalarLike(g, dY, 1), g.add('Mul', [y!, y!])])
  return [g.add('Mul', [dY, slope])]
}

export const softplus: GradientRule<'Softplus'> = ({ inputs }, { g, dY }) => [
  g.add('Mul', [dY, g.add('Sigmoid', [inputs[0]!])]),
]

/** Clip with constant bounds; nothing flows at a bound itself, as in TensorFlow's ReLU6. */
export const clip: GradientRule<'Clip'> = ({ name, inputs, outputs }, { g, dY }) => {
  const bound = (index: number, free: number): number => {
    const input = inputs[index]
    if (!input) return free
    const value = g.constantOf(input)
    if (value === undefined) throw new RangeError(`The bounds of Clip "${name}" must be constants`)
    return Number(value.data[0])
  }
  const attributes = { min: bound(1, Number.NEGATIVE_INFINITY), max: bound(2, Number.POSITIVE_INFINITY) }
  return [g.add('ClipGradient', [dY, outputs[0]!], attributes)]
}

export const add: GradientRule<'Add'> = ({ inputs }, { g, dY, wants }) =>
  inputs.map((input, index) => (wants(index) ? unbroadcast(g, dY, input) : undefined))

export const sub: GradientRule<'Sub'> = ({ inputs: [a, b] }, { g, dY, wants }) => [
  wants(0) ? unbroadcast(g, dY, a!) : undefined,
  wants(1) ? unbroadcast(g, g.add('Neg', [dY]), b!) : undefined,
]

export const mul: GradientRule<'Mul'> = ({ inputs: [a, b] }, { g, dY, wants }) => [
  wants(0) ? unbroadcast(g, g.add('Mul', [dY, b!]), a!) : undefined,
  wants(1) ? unbroadcast(g, g.add('Mul', [dY, a!]), b!) : undefined,
]

/** (a/b)' is 1/b towards a and -y/b towards b. */
export const div: GradientRule<'Div'> = ({ inputs: [a, b], outputs: [y] }, { g, dY, wants }) => {
  const overB = g.add('Div', [dY, b!])
  return [
    wants(0) ? unbroadcast(g, overB, a!) : undefined,
    wants(1) ? unbroadcast(g, g.add('Neg', [g.add('Mul', [overB, y!])]), b!) : undefined,
  ]
}

/** All to the winner, half to each of two equals: of the larger, a's share is (1 + sign(a - b)) / 2. */
export const max: GradientRule<'Max'> = (node, context) => winnerTakes(node, context, ([a, b]) => [a!, b!])
export const min: GradientRule<'Min'> = (node, context) => winnerTakes(node, context, ([a, b]) => [b!, a!])

function winnerTakes(
  { name, inputs }: Node<'Max' | 'Min'>,
  { g, dY }: GradientContext,
  ranked: (inputs: readonly string[]) => [string, string],
): string[] {
  const [a, b] = inputs
  if (inputs.length !== 2) throw new RangeError(`"${name}" must have two inputs to have a gradient`)
  const sign = g.add('Sign', [g.add('Sub', ranked(inputs))])
  const half = g.add('Mul', [dY, scalarLike(g, dY, 0.5)])
  const tilt = g.add('Mul', [half, sign])
  return [unbroadcast(g, g.add('Add', [half, tilt]), a!), unbroadcast(g, g.add('Sub', [half, tilt]), b!)]
}

export const where: GradientRule<'Where'> = ({ inputs: [condition, a, b] }, { g, dY, wants }) => {
  const zero = scalarLike(g, dY, 0)
  return [
    undefined,
    wants(1) ? unbroadcast(g, g.add('Where', [condition!, dY, zero]), a!) : undefined,
    wants(2) ? unbroadcast(g, g.add('Where', [condition!, zero, dY]), b!) : undefined,
  ]
}

/** Back to the dtype that came in; nothing flows through whole numbers. */
export const cast: GradientRule<'Cast'> = ({ inputs, outputs }, { g, dY }) => {
  const [from, to] = [g.info(inputs[0]!).dtype, g.info(outputs[0]!).dtype]
  const isFloat = (dtype: string): boolean => dtype.startsWith('float')
  return [isFloat(from) && isFloat(to) ? g.add('Cast', [dY], { to: onnxNumber[from] }) : undefined]
}
