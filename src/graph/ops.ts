/**
 * The operators that Graft knows: for each, its attributes with their ONNX types and defaults.
 *
 * Meanings are those of ONNX opset 18 (https://onnx.ai/onnx/operators); axes of reductions are an input there.
 * Operators of the domain `graft` stand for backward steps that ONNX has no word for; lowering replaces them
 * by ONNX operators before anything runs.
 */

/** The opset that graphs are written in. */
export const opset = 18

interface AttributeValues {
  readonly int: number
  readonly ints: readonly number[]
  readonly float: number
  readonly string: string
}
export type AttributeKind = keyof AttributeValues
export type AttributeValue = AttributeValues[AttributeKind]

/** An attribute's ONNX type and the value it has when a file leaves it out. */
export interface AttributeSpec<K extends AttributeKind> {
  readonly kind: K
  readonly default: AttributeValues[K]
}

const int = (value: number): AttributeSpec<'int'> => ({ kind: 'int', default: value })
const ints = (...values: readonly number[]): AttributeSpec<'ints'> => ({ kind: 'ints', default: values })
const float = (value: number): AttributeSpec<'float'> => ({ kind: 'float', default: value })
const string = (value: string): AttributeSpec<'string'> => ({ kind: 'string', default: value })

type Int = AttributeSpec<'int'>
type Ints = AttributeSpec<'ints'>
type Float = AttributeSpec<'float'>
type Text = AttributeSpec<'string'>
// biome-ignore lint/complexity/noBannedTypes: an operator without attributes has exactly this shape
type None = {}
type Window = { readonly strides: Ints; readonly pads: Ints; readonly dilations: Ints; readonly group: Int }
type Pool = {
  readonly kernel_shape: Ints
  readonly strides: Ints
  readonly pads: Ints
  readonly ceil_mode: Int
}
type Reduce = { readonly keepdims: Int; readonly noop_with_empty_axes: Int }

/** Attributes by operator. */
export interface OpSchemas {
  readonly Abs: None
  readonly Add: None
  readonly And: None
  readonly AveragePool: Pool & { readonly count_include_pad: Int }
  readonly BatchNormalization: {
    readonly epsilon: Float
    readonly momentum: Float
    readonly training_mode: Int
  }
  readonly Cast: { readonly to: Int }
  readonly CenterCropPad: { readonly axes: Ints }
  readonly Clip: None
  readonly Concat: { readonly axis: Int }
  readonly Conv: Window
  readonly ConvTranspose: Window & { readonly output_padding: Ints }
  readonly DequantizeLinear: { readonly axis: Int }
  readonly Div: None
  readonly Equal: None
  readonly Exp: None
  readonly Expand: None
  readonly Flatten: { readonly axis: Int }
  readonly Gemm: { readonly alpha: Float; readonly beta: Float; readonly transA: Int; readonly transB: Int }
  readonly GlobalAveragePool: None
  readonly GlobalMaxPool: None
  readonly Greater: None
  readonly HardSigmoid: { readonly alpha: Float; readonly beta: Float }
  readonly Identity: None
  readonly Less: None
  readonly Log: None
  readonly LogSoftmax: { readonly axis: Int }
  readonly MatMul: None
  readonly Max: None
  readonly MaxPool: Pool
  readonly Min: None
  readonly Mul: None
  readonly Neg: None
  readonly Pad: { readonly mode: Text }
  readonly QuantizeLinear: { readonly axis: Int }
  readonly Reciprocal: None
  readonly ReduceMax: Reduce
  readonly ReduceMean: Reduce
  readonly ReduceSum: Reduce
  readonly Relu: None
  readonly Reshape: None
  readonly Resize: {
    readonly antialias: Int
    readonly axes: Ints
    readonly coordinate_transformation_mode: Text
    readonly exclude_outside: Int
    readonly mode: Text
  }
  readonly Shape: None
  readonly Sigmoid: None
  readonly Sign: None
  readonly Size: None
  readonly Slice: None
  readonly Softmax: { readonly axis: Int }
  readonly Softplus: None
  readonly Sqrt: None
  readonly Squeeze: None
  readonly Sub: None
  readonly Tanh: None
  readonly Transpose: { readonly perm: Ints }
  readonly Unsqueeze: None
  readonly Where: None
  /** (dY, Y) -> dX of Clip: dY where min < Y < max, else 0. */
  readonly ClipGradient: { readonly min: Float; readonly max: Float }
  /** (dY, W) -> dX of Conv; `shape` is X's height and width. */
  readonly ConvInputGradient: Window & { readonly shape: Ints }
  /** (dY, X) -> dW of Conv; `kernel_shape` is W's height and width. */
  readonly ConvKernelGradient: Window & { readonly kernel_shape: Ints }
  /** (dY, X) -> dX of AveragePool. */
  readonly AveragePoolGradient: Pool & { readonly count_include_pad: Int }
  /** (dY, X, Y) -> dX of MaxPool; ties share the gradient equally. */
  readonly MaxPoolGradient: Pool
  /** (dY, X, scale, mean, variance) -> dX, dScale, dBias of BatchNormalization with batch statistics. */
  readonly BatchNormalizationGradient: { readonly epsilon: Float }
}

export type OpName = keyof OpSchemas

/** The attribute values of one operator, none left out. */
export type Attributes<K extends OpName> = {
  readonly [A in keyof OpSchemas[K]]: OpSchemas[K][A] extends AttributeSpec<infer Kind>
    ? AttributeValues[Kind]
    : never
}

const none: None = {}
const window: Window = { strides: ints(1, 1), pads: ints(0, 0, 0, 0), dilations: ints(1, 1), group: int(1) }
const pool: Pool = {
  kernel_shape: ints(1, 1),
  strides: ints(1, 1),
  pads: ints(0, 0, 0, 0),
  ceil_mode: int(0),
}
const reduce: Reduce = { keepdims: int(1), noop_with_empty_axes: int(0) }

/** Complete by type: an operator without a row does not compile. */
export const opSchemas: OpSchemas = {
  Abs: none,
  Add: none,
  And: none,
  AveragePool: { ...pool, count_include_pad: int(0) },
  BatchNormalization: { epsilon: float(1e-5), momentum: float(0.9), training_mode: int(0) },
  Cast: { to: int(1) },
  CenterCropPad: { axes: ints() },
  Clip: none,
  Concat: { axis: int(0) },
  Conv: window,
  ConvTranspose: { ...window, output_padding: ints(0, 0) },
  DequantizeLinear: { axis: int(1) },
  Div: none,
  Equal: none,
  Exp: none,
  Expand: none,
  Flatten: { axis: int(1) },
  Gemm: { alpha: float(1), beta: float(1), transA: int(0), transB: int(0) },
  GlobalAveragePool: none,
  GlobalMaxPool: none,
  Greater: none,
  HardSigmoid: { alpha: float(0.2), beta: float(0.5) },
  Identity: none,
  Less: none,
  Log: none,
  LogSoftmax: { axis: int(-1) },
  MatMul: none,
  Max: none,
  MaxPool: pool,
  Min: none,
  Mul: none,
  Neg: none,
  Pad: { mode: string('constant') },
  QuantizeLinear: { axis: int(1) },
  Reciprocal: none,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceSum: reduce,
  Relu: none,
  Reshape: none,
  Resize: {
    antialias: int(0),
    axes: ints(),
    coordinate_transformation_mode: string('half_pixel'),
    exclude_outside: int(0),
    mode: string('nearest'),
  },
  Shape: none,
  Sigmoid: none,
  Sign: none,
  Size: none,
  Slice: none,
  Softmax: { axis: int(-1) },
  Softplus: none,
  Sqrt: none,
  Squeeze: none,
  Sub: none,
  Tanh: none,
  Transpose: { perm: ints() },
  Unsqueeze: none,
  Where: none,
  ClipGradient: { min: float(Number.NEGATIVE_INFINITY), max: float(Number.POSITIVE_INFINITY) },
  ConvInputGradient: { ...window, shape: ints() },
  ConvKernelGradient: { ...window, kernel_shape: ints() },
  AveragePoolGradient: { ...pool, count_include_pad: int(0) },
  MaxPoolGradient: pool,
  BatchNormalizationGradient: { epsilon: float(1e-5) },
}

const graftOps: ReadonlySet<OpName> = new Set<OpName>([
  'ClipGradient',
  'ConvInputGradient',
  'ConvKernelGradient',
  'AveragePoolGradient',
  'MaxPoolGradient',
  'BatchNormalizationGradient',
])

/** Whether the operator must be lowered before a graph can run. */
export function isGraftOp(op: OpName): boolean {
  return graftOps.has(op)
}

/** Whether a word from a file names an operator that Graft knows. */
export function isOpName(word: string): word is OpName {
  return Object.hasOwn(opSchemas, word)
}

/** All attributes of an operator, the given ones over the defaults. */
export function completeAttributes<K extends OpName>(
  op: K,
  given: Partial<Attributes<K>> = {},
): Attributes<K> {
  const entries = Object.entries(opSchemas[op]) as [string, AttributeSpec<AttributeKind>][]
  const defaults = Object.fromEntries(entries.map(([name, spec]) => [name, spec.default]))
  return { ...defaults, ...given } as Attributes<K>
}
