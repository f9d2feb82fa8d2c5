/** Examples with written-out results from the operators' pages of the ONNX standard (https://onnx.ai/onnx/operators). */
import type { OpName } from '../../../src/graph/ops.ts'
import { bytes, type Case, constant, exactly, type Input, ints, scalar, type Trial, trialOf } from './case.ts'

export interface StandardExample {
  /** The example's name there. */
  readonly source: string
  run(): Trial
  readonly expected: { readonly shape: readonly number[]; readonly numbers: readonly number[] }
}

function example<K extends OpName>(
  source: string,
  op: K,
  inputs: Case<K>['inputs'],
  attributes: NonNullable<Case<K>['attributes']>,
  shape: readonly number[],
  numbers: readonly number[],
): StandardExample {
  const run = (): Trial => trialOf(op, { what: source, inputs, attributes }, 'float64')
  return { source, run, expected: { shape, numbers } }
}

/** Counting numbers from `first`. */
function counting(first: number, ...shape: number[]): Input {
  return exactly(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => first + at),
  )
}

function ones(...shape: number[]): Input {
  return exactly(shape, Array(shape.reduce((a, b) => a * b)).fill(1))
}

const square = counting(0, 1, 1, 5, 5)
const tall = counting(0, 1, 1, 7, 5)
const kernel = ones(1, 1, 3, 3)
const plane = counting(1, 1, 1, 5, 5)
const small = counting(1, 1, 1, 4, 4)
const pads2 = [2, 2, 2, 2]
const cube = exactly([3, 2, 2], [5, 1, 20, 2, 30, 1, 40, 2, 55, 1, 60, 2])

export const standardExamples: readonly StandardExample[] = [
  example(
    'conv, with padding',
    'Conv',
    [square, kernel],
    { pads: [1, 1, 1, 1] },
    [1, 1, 5, 5],
    [
      12, 21, 27, 33, 24, 33, 54, 63, 72, 51, 63, 99, 108, 117, 81, 93, 144, 153, 162, 111, 72, 111, 117, 123,
      84,
    ],
  ),
  example(
    'conv, without padding',
    'Conv',
    [square, kernel],
    {},
    [1, 1, 3, 3],
    [54, 63, 72, 99, 108, 117, 144, 153, 162],
  ),
  example(
    'conv_with_strides, padding',
    'Conv',
    [tall, kernel],
    { pads: [1, 1, 1, 1], strides: [2, 2] },
    [1, 1, 4, 3],
    [12, 27, 24, 63, 108, 81, 123, 198, 141, 112, 177, 124],
  ),
  example(
    'conv_with_strides, asymmetric padding',
    'Conv',
    [tall, kernel],
    { pads: [1, 0, 1, 0], strides: [2, 2] },
    [1, 1, 4, 2],
    [21, 33, 99, 117, 189, 207, 171, 183],
  ),
  example(
    'convtranspose',
    'ConvTranspose',
    [counting(0, 1, 1, 3, 3), ones(1, 2, 3, 3)],
    {},
    [1, 2, 5, 5],
    [
      ...[0, 1, 3, 3, 2, 3, 8, 15, 12, 7, 9, 21, 36, 27, 15, 9, 20, 33, 24, 13, 6, 13, 21, 15, 8],
      ...[0, 1, 3, 3, 2, 3, 8, 15, 12, 7, 9, 21, 36, 27, 15, 9, 20, 33, 24, 13, 6, 13, 21, 15, 8],
    ],
  ),
  example(
    'averagepool_2d_precomputed_pads',
    'AveragePool',
    [plane],
    { kernel_shape: [5, 5], pads: pads2 },
    [1, 1, 5, 5],
    [
      7, 7.5, 8, 8.5, 9, 9.5, 10, 10.5, 11, 11.5, 12, 12.5, 13, 13.5, 14, 14.5, 15, 15.5, 16, 16.5, 17, 17.5,
      18, 18.5, 19,
    ],
  ),
  example(
    'averagepool_2d_precomputed_pads_count_include_pad',
    'AveragePool',
    [plane],
    { kernel_shape: [5, 5], pads: pads2, count_include_pad: 1 },
    [1, 1, 5, 5],
    [
      2.52, 3.6, 4.8, 4.08, 3.24, 4.56, 6.4, 8.4, 7.04, 5.52, 7.2, 10, 13, 10.8, 8.4, 6.96, 9.6, 12.4, 10.24,
      7.92, 6.12, 8.4, 10.8, 8.88, 6.84,
    ],
  ),
  example(
    'averagepool_2d_precomputed_same_upper',
    'AveragePool',
    [plane],
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    [1, 1, 3, 3],
    [4, 5.5, 7, 11.5, 13, 14.5, 19, 20.5, 22],
  ),
  example(
    'averagepool_2d_ceil',
    'AveragePool',
    [small],
    { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
    [1, 1, 2, 2],
    [6, 7.5, 12, 13.5],
  ),
  example(
    'maxpool_2d_ceil',
    'MaxPool',
    [small],
    { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
    [1, 1, 2, 2],
    [11, 12, 15, 16],
  ),
  example(
    'maxpool_2d_ceil_output_size_reduce_by_one',
    'MaxPool',
    [exactly([1, 1, 2, 2], [1, 2, 3, 4])],
    { kernel_shape: [1, 1], strides: [2, 2], ceil_mode: 1 },
    [1, 1, 1, 1],
    [1],
  ),
  example(
    'maxpool_2d_precomputed_pads',
    'MaxPool',
    [plane],
    { kernel_shape: [5, 5], pads: pads2 },
    [1, 1, 5, 5],
    [13, 14, 15, 15, 15, 18, 19, 20, 20, 20, 23, 24, 25, 25, 25, 23, 24, 25, 25, 25, 23, 24, 25, 25, 25],
  ),
  example(
    'maxpool_2d_precomputed_strides',
    'MaxPool',
    [plane],
    { kernel_shape: [2, 2], strides: [2, 2] },
    [1, 1, 2, 2],
    [7, 9, 17, 19],
  ),
  example(
    'globalaveragepool_precomputed',
    'GlobalAveragePool',
    [counting(1, 1, 1, 3, 3)],
    {},
    [1, 1, 1, 1],
    [5],
  ),
  example('globalmaxpool_precomputed', 'GlobalMaxPool', [counting(1, 1, 1, 3, 3)], {}, [1, 1, 1, 1], [9]),
  example(
    'reduce_max_do_not_keepdims',
    'ReduceMax',
    [cube, ints(1)],
    { keepdims: 0 },
    [3, 2],
    [20, 2, 40, 2, 60, 2],
  ),
  example(
    'reduce_mean_do_not_keepdims',
    'ReduceMean',
    [cube, ints(1)],
    { keepdims: 0 },
    [3, 2],
    [12.5, 1.5, 35, 1.5, 57.5, 1.5],
  ),
  example('reduce_mean_default_axes_keepdims', 'ReduceMean', [cube], {}, [1, 1, 1], [18.25]),
  example(
    'reduce_sum_keepdims',
    'ReduceSum',
    [counting(1, 3, 2, 2), ints(1)],
    {},
    [3, 1, 2],
    [4, 6, 12, 14, 20, 22],
  ),
  example(
    'softmax_example',
    'Softmax',
    [exactly([1, 3], [-1, 0, 1])],
    {},
    [1, 3],
    [0.09003058, 0.24472848, 0.66524094],
  ),
  example(
    'logsoftmax_example_1',
    'LogSoftmax',
    [exactly([1, 3], [-1, 0, 1])],
    {},
    [1, 3],
    [-2.4076061, -1.407606, -0.407606],
  ),
  example(
    'softplus_example',
    'Softplus',
    [exactly([3], [-1, 0, 1])],
    {},
    [3],
    [0.31326166, Math.LN2, 1.31326163],
  ),
  example(
    'slice, the first of the page',
    'Slice',
    [exactly([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), ints(1, 0), ints(2, 3), ints(0, 1), ints(1, 2)],
    {},
    [1, 2],
    [5, 7],
  ),
  example(
    'slice, the second of the page',
    'Slice',
    [exactly([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), ints(0, 1), ints(-1, 1000)],
    {},
    [1, 3],
    [2, 3, 4],
  ),
  example(
    'pad, constant mode',
    'Pad',
    [exactly([3, 2], [1, 1.2, 2.3, 3.4, 4.5, 5.7]), ints(0, 2, 0, 0), scalar(0)],
    {},
    [3, 4],
    [0, 0, 1, 1.2, 0, 0, 2.3, 3.4, 0, 0, 4.5, 5.7],
  ),
  example(
    'where_example',
    'Where',
    [
      { ...constant(exactly([2, 2], [1, 0, 1, 1])), dtype: 'bool' },
      exactly([2, 2], [1, 2, 3, 4]),
      exactly([2, 2], [9, 8, 7, 6]),
    ],
    {},
    [2, 2],
    [1, 8, 3, 4],
  ),
  example('clip_example', 'Clip', [exactly([3], [-2, 0, 2]), scalar(-1), scalar(1)], {}, [3], [-1, 0, 1]),
  example(
    'expand_dim_unchanged',
    'Expand',
    [counting(1, 3, 1), ints(3, 4)],
    {},
    [3, 4],
    [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3],
  ),
  example(
    'quantizelinear',
    'QuantizeLinear',
    [exactly([6], [0, 2, 3, 1000, -254, -1000]), scalar(2), bytes('uint8', [], [128])],
    {},
    [6],
    [128, 129, 130, 255, 1, 0],
  ),
  example(
    'quantizelinear_axis',
    'QuantizeLinear',
    [
      exactly(
        [1, 3, 3, 2],
        [-162, 10, -100, 232, -20, -50, -76, 0, 0, 252, 32, -44, 245, -485, -960, -270, -375, -470],
      ),
      constant(exactly([3], [2, 4, 5])),
      bytes('uint8', [3], [84, 24, 196]),
    ],
    {},
    [1, 3, 3, 2],
    [3, 89, 34, 200, 74, 59, 5, 24, 24, 87, 32, 13, 245, 99, 4, 142, 121, 102],
  ),
  example(
    'dequantizelinear',
    'DequantizeLinear',
    [bytes('uint8', [4], [0, 3, 128, 255]), scalar(2), bytes('uint8', [], [128])],
    {},
    [4],
    [-256, -250, 0, 254],
  ),
  example(
    'dequantizelinear_axis',
    'DequantizeLinear',
    [
      bytes(
        'uint8',
        [1, 3, 3, 2],
        [3, 89, 34, 200, 74, 59, 5, 24, 24, 87, 32, 13, 245, 99, 4, 142, 121, 102],
      ),
      constant(exactly([3], [2, 4, 5])),
      bytes('uint8', [3], [84, 24, 196]),
    ],
    {},
    [1, 3, 3, 2],
    [-162, 10, -100, 232, -20, -50, -76, 0, 0, 252, 32, -44, 245, -485, -960, -270, -375, -470],
  ),
]
