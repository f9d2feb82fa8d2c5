/** How many inputs each operator takes, the optional ones included. */
import type { OpName } from './ops.ts'

/** The least and the most. */
export type Arity = readonly [number, number]

const one: Arity = [1, 1]
const two: Arity = [2, 2]
const oneOrTwo: Arity = [1, 2]
const several: Arity = [1, Number.POSITIVE_INFINITY]

/** Complete by type. */
export const arities: { readonly [K in OpName]: Arity } = {
  Abs: one,
  Add: two,
  And: two,
  AveragePool: one,
  AveragePoolGradient: two,
  BatchNormalization: [5, 5],
  BatchNormalizationGradient: [5, 5],
  Cast: one,
  CenterCropPad: two,
  Clip: [1, 3],
  ClipGradient: two,
  Concat: several,
  Conv: [2, 3],
  ConvInputGradient: two,
  ConvKernelGradient: two,
  ConvTranspose: [2, 3],
  DequantizeLinear: [2, 3],
  Div: two,
  Equal: two,
  Exp: one,
  Expand: two,
  Flatten: one,
  Gemm: [2, 3],
  GlobalAveragePool: one,
  GlobalMaxPool: one,
  Greater: two,
  HardSigmoid: one,
  Identity: one,
  Less: two,
  Log: one,
  LogSoftmax: one,
  MatMul: two,
  Max: several,
  MaxPool: one,
  MaxPoolGradient: [3, 3],
  Min: several,
  Mul: two,
  Neg: one,
  Pad: [2, 3],
  QuantizeLinear: [2, 3],
  Reciprocal: one,
  ReduceMax: oneOrTwo,
  ReduceMean: oneOrTwo,
  ReduceSum: oneOrTwo,
  Relu: one,
  Reshape: two,
  Resize: [4, 4],
  Shape: one,
  Sigmoid: one,
  Sign: one,
  Size: one,
  Slice: [3, 5],
  Softmax: one,
  Softplus: one,
  Sqrt: one,
  Squeeze: oneOrTwo,
  Sub: two,
  Tanh: one,
  Transpose: one,
  Unsqueeze: two,
  Where: [3, 3],
}

/** @throws RangeError when a node has too few or too many inputs */
export function checkArity(op: OpName, name: string, count: number): void {
  const [least, most] = arities[op]
  if (count >= least && count <= most) return
  const range =
    most === least
      ? `${least}`
      : most === Number.POSITIVE_INFINITY
        ? `${least} or more`
        : `${least} to ${most}`
  throw new RangeError(
    `Expected ${range} ${most === 1 ? 'input' : 'inputs'} for ${op} "${name}". Received: ${count}`,
  )
}
