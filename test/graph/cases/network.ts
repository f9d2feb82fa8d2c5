/** Cases of convolutions, pools, products, normalisations and softmax. */
import { type Case, constant, distinct, type Input, normal, type OpCases, positive } from './case.ts'

type Names =
  | 'AveragePool'
  | 'BatchNormalization'
  | 'Conv'
  | 'ConvKernelGradient'
  | 'ConvTranspose'
  | 'Gemm'
  | 'GlobalAveragePool'
  | 'GlobalMaxPool'
  | 'LogSoftmax'
  | 'MatMul'
  | 'MaxPool'
  | 'Softmax'

/** TensorFlow's SAME for stride 2 on an even size: bottom and right only. */
const same = [0, 0, 1, 1]

/** A gradient and the input that it meets: [dY, X]. */
const kernelGradients: readonly Case<'ConvKernelGradient'>[] = [
  {
    what: 'of a 1x1 kernel',
    inputs: [normal('N', 4, 2, 2), normal('N', 3, 2, 2)],
    attributes: { kernel_shape: [1, 1] },
  },
  {
    what: 'with rows unlike columns',
    inputs: [normal(1, 2, 3, 6), normal(1, 2, 4, 5)],
    attributes: { kernel_shape: [2, 3], strides: [2, 1], pads: [0, 1, 2, 2] },
  },
  {
    what: 'with dilation 2',
    inputs: [normal(1, 2, 3, 3), normal(1, 2, 5, 5)],
    attributes: { kernel_shape: [2, 2], dilations: [2, 2] },
  },
  {
    what: 'depthwise',
    inputs: [normal(2, 3, 3, 3), normal(2, 3, 3, 3)],
    attributes: { kernel_shape: [3, 3], group: 3, pads: [1, 1, 1, 1] },
  },
]

const convolutions: readonly Case<'Conv'>[] = [
  { what: 'with a 1x1 kernel', inputs: [normal('N', 3, 2, 2), normal(4, 3, 1, 1)] },
  {
    what: 'with bias and pads of 1',
    inputs: [normal('N', 2, 3, 3), normal(2, 2, 3, 3), normal(2)],
    attributes: { pads: [1, 1, 1, 1] },
  },
  {
    what: 'with stride 2 and pads bottom and right',
    inputs: [normal('N', 2, 4, 4), normal(3, 2, 3, 3)],
    attributes: { strides: [2, 2], pads: same },
  },
  {
    what: 'with stride 2 and pads of 1 on an odd size',
    inputs: [normal(1, 2, 5, 5), normal(2, 2, 3, 3)],
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1] },
  },
  {
    what: 'with stride 2 that leaves a remainder',
    inputs: [normal(1, 2, 4, 4), normal(2, 2, 1, 1)],
    attributes: { strides: [2, 2] },
  },
  {
    what: 'with dilation 2',
    inputs: [normal(1, 2, 5, 5), normal(2, 2, 2, 2)],
    attributes: { dilations: [2, 2] },
  },
  {
    what: 'with rows unlike columns',
    inputs: [normal(1, 2, 4, 5), normal(2, 2, 2, 3), normal(2)],
    attributes: { strides: [2, 1], pads: [0, 1, 2, 3], dilations: [1, 2] },
  },
  {
    what: 'depthwise',
    inputs: [normal('N', 3, 3, 3), normal(3, 1, 3, 3), normal(3)],
    attributes: { group: 3, pads: [1, 1, 1, 1] },
  },
  {
    what: 'depthwise with stride 2 and pads bottom and right',
    inputs: [normal('N', 2, 4, 4), normal(2, 1, 3, 3)],
    attributes: { group: 2, strides: [2, 2], pads: same },
  },
  {
    what: 'depthwise with two outputs a channel',
    inputs: [normal('N', 2, 3, 3), normal(4, 1, 2, 2)],
    attributes: { group: 2 },
  },
  {
    what: 'in two groups',
    inputs: [normal('N', 4, 2, 3), normal(6, 2, 2, 2), normal(6)],
    attributes: { group: 2, pads: [1, 0, 0, 1] },
  },
]

/** Pools of every kind; `pads` stay below the kernel, as ONNX wants. */
function pools(make: (...shape: (number | string)[]) => Input): Case<'AveragePool' | 'MaxPool'>[] {
  return [
    {
      what: 'of 2x2 with stride 2',
      inputs: [make('N', 2, 4, 4)],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    },
    { what: 'of overlapping windows', inputs: [make('N', 2, 4, 4)], attributes: { kernel_shape: [3, 3] } },
    {
      what: 'with pads of 1',
      inputs: [make(1, 2, 4, 4)],
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
    },
    {
      what: 'with pads bottom and right',
      inputs: [make(1, 2, 4, 4)],
      attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: same },
    },
    {
      what: 'with rows unlike columns',
      inputs: [make(1, 2, 5, 4)],
      attributes: { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 0, 1] },
    },
    {
      what: 'with a last window that hangs over',
      inputs: [make(1, 2, 5, 5)],
      attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
    },
    {
      what: 'with a last window that would begin in the pads',
      inputs: [make(1, 1, 3, 5)],
      attributes: { kernel_shape: [2, 2], strides: [3, 4], pads: [0, 0, 1, 1], ceil_mode: 1 },
    },
  ]
}

const averages: readonly Case<'AveragePool'>[] = [
  {
    what: 'that counts its pads',
    inputs: [normal(1, 2, 4, 4)],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 },
  },
  {
    what: 'that counts its pads, the last window hanging over',
    inputs: [normal(1, 1, 4, 4)],
    attributes: {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      ceil_mode: 1,
      count_include_pad: 1,
    },
  },
]

const products: readonly Case<'Gemm'>[] = [
  { what: 'plain', inputs: [normal('N', 3), normal(3, 4)] },
  {
    what: 'with A transposed',
    inputs: [normal(3, 'N'), normal(3, 4)],
    attributes: { transA: 1, alpha: 0.5 },
  },
  { what: 'with B transposed', inputs: [normal('N', 3), normal(4, 3)], attributes: { transB: 1, alpha: 2 } },
  {
    what: 'with both transposed',
    inputs: [normal(3, 'N'), normal(4, 3)],
    attributes: { transA: 1, transB: 1, alpha: -1.5 },
  },
  { what: 'with a bias', inputs: [normal('N', 3), normal(3, 4), normal(4)] },
  {
    what: 'with a scaled column',
    inputs: [normal(2, 3), normal(3, 4), normal(2, 1)],
    attributes: { beta: 0.25 },
  },
  {
    what: 'with a scaled matrix',
    inputs: [normal('N', 3), normal(3, 4), normal('N', 4)],
    attributes: { beta: 3, alpha: 0.5 },
  },
  { what: 'with a scalar', inputs: [normal('N', 3), normal(3, 4), normal()] },
]

const softmaxes: readonly Case<'LogSoftmax' | 'Softmax'>[] = [
  { what: 'over the last axis', inputs: [normal('N', 4)] },
  { what: 'over the first axis', inputs: [normal(3, 4)], attributes: { axis: 0 } },
  { what: 'over the channels', inputs: [normal('N', 3, 2, 2)], attributes: { axis: 1 } },
  { what: 'over an axis from the back', inputs: [normal('N', 3, 2)], attributes: { axis: -2 } },
]

const statistics = (channels: number): Input[] => [constant(normal(channels)), constant(positive(channels))]
const scaleAndShift = (channels: number): Input[] => [positive(channels), normal(channels)]

export const networkCases: { readonly [K in Names]: OpCases<K> } = {
  AveragePool: { gradient: 'flows', cases: [...pools(normal), ...averages] },
  BatchNormalization: {
    gradient: 'flows',
    cases: [
      {
        what: 'with given statistics',
        inputs: [normal('N', 2, 2, 3), ...scaleAndShift(2), ...statistics(2)],
        attributes: { epsilon: 1e-3 },
      },
      {
        what: 'with given statistics of features',
        inputs: [normal('N', 4), ...scaleAndShift(4), ...statistics(4)],
      },
      {
        what: 'with the statistics of the batch',
        inputs: [normal('N', 2, 2, 3), ...scaleAndShift(2), ...statistics(2)],
        attributes: { epsilon: 1e-3, training_mode: 1, momentum: 0 },
        outputs: 3,
      },
      {
        what: 'with the statistics of a batch of rows',
        inputs: [normal(1, 3, 5), ...scaleAndShift(3), ...statistics(3)],
        attributes: { training_mode: 1, momentum: 0 },
        outputs: 3,
      },
    ],
    refused: [
      {
        what: 'that keeps running statistics',
        inputs: [normal('N', 2, 2, 3), ...scaleAndShift(2), ...statistics(2)],
        attributes: { training_mode: 1, momentum: 0.9 },
        outputs: 3,
        message: /three outputs, momentum 0/,
      },
    ],
  },
  Conv: { gradient: 'flows', cases: convolutions },
  ConvKernelGradient: { gradient: 'flows', cases: kernelGradients },
  ConvTranspose: {
    gradient: 'none',
    cases: [
      {
        what: 'with stride 2',
        inputs: [normal('N', 2, 2, 3), normal(2, 3, 3, 3)],
        attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 0] },
      },
      {
        what: 'in groups, with bias',
        inputs: [normal('N', 4, 2, 2), normal(4, 1, 2, 2), normal(2)],
        attributes: { group: 2 },
      },
    ],
  },
  Gemm: { gradient: 'flows', cases: products },
  GlobalAveragePool: {
    gradient: 'flows',
    cases: [
      { what: 'of known sizes', inputs: [normal(2, 3, 2, 3)] },
      { what: 'of a named batch', inputs: [normal('N', 3, 2, 3)] },
    ],
  },
  GlobalMaxPool: { gradient: 'flows', cases: [{ what: 'without ties', inputs: [distinct('N', 3, 2, 3)] }] },
  LogSoftmax: { gradient: 'flows', cases: softmaxes },
  MatMul: {
    gradient: 'flows',
    cases: [
      { what: 'of matrices', inputs: [normal('N', 3), normal(3, 4)] },
      { what: 'of stacks', inputs: [normal(2, 2, 3), normal(2, 3, 4)] },
      { what: 'of a stack and a matrix', inputs: [normal('N', 2, 3), normal(3, 4)] },
      { what: 'of a matrix and a stack', inputs: [normal(2, 3), normal('N', 3, 4)] },
      { what: 'of stacks that broadcast', inputs: [normal(2, 1, 2, 3), normal(1, 2, 3, 2)] },
    ],
  },
  MaxPool: { gradient: 'flows', cases: pools(distinct) },
  Softmax: { gradient: 'flows', cases: softmaxes },
}
