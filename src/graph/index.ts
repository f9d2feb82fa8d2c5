/**
 * `graft/graph`: ONNX graphs as data, with gradients, on ONNX Runtime.
 *
 * A graph comes from {@link graphBuilder} or, as a file, from {@link readOnnx}; {@link withGradients} adds the
 * backward pass, {@link lower} says it in operators that the engine runs, {@link openSession} runs it, and
 * {@link optimizerFor} moves the parameters. docs/graph.md tells the story.
 */
export { UserError } from '../util/errors.ts'
export { type Random, randomOf } from '../util/random.ts'
export { type GraphBuilder, graphBuilder } from './builder.ts'
export { type DividedOptions, openDividedSession } from './divided/session.ts'
export { foldConstants } from './fold-constants.ts'
export { gradientName, withGradients } from './gradients/index.ts'
export { statisticsFromInputs } from './input-statistics.ts'
export { type LoweringOptions, lower } from './lowering/index.ts'
export { type OnnxFile, readOnnx } from './onnx/read.ts'
export { type ModelInfo, writeOnnx } from './onnx/write.ts'
export type { Attributes, OpName } from './ops.ts'
export {
  type FlatParameters,
  type Optimizer,
  type OptimizerOptions,
  optimizerFor,
} from './optimizers/index.ts'
export { interpret, type NdArray, ndarray } from './reference/index.ts'
export { openSession, type Session, type SessionOptions, type Tensors } from './session.ts'
export { withSizes } from './sizes.ts'
export { numbersOf, tensor, tensorOf, zeros } from './tensor.ts'
export { printGraph } from './text.ts'
export { bind, foldBatchNormalization, prune, subgraph, unbind } from './transforms.ts'
export type { Dim, DType, Graph, Node, Shape, Tensor, TensorData, ValueInfo } from './types.ts'
