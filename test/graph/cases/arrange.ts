/** Cases of reductions and of operators that move elements about. */
import { type Case, constant, distinct, ints, normal, type OpCases, scalar } from './case.ts'

type Reduction = 'ReduceMax' | 'ReduceMean' | 'ReduceSum'
type Names =
  | Reduction
  | 'CenterCropPad'
  | 'Concat'
  | 'Expand'
  | 'Flatten'
  | 'Pad'
  | 'Reshape'
  | 'Resize'
  | 'Shape'
  | 'Size'
  | 'Slice'
  | 'Squeeze'
  | 'Transpose'
  | 'Unsqueeze'

const reductions: readonly Case<Reduction>[] = [
  { what: 'over all axes', inputs: [distinct(2, 3, 4)] },
  { what: 'over all axes of a named size', inputs: [distinct('N', 3)], attributes: { keepdims: 0 } },
  { what: 'over one axis', inputs: [distinct('N', 3, 4), ints(1)] },
  { what: 'over the named axis', inputs: [distinct('N', 3), ints(0)], attributes: { keepdims: 0 } },
  { what: 'over two axes, not kept', inputs: [distinct('N', 3, 4), ints(2, 1)], attributes: { keepdims: 0 } },
  {
    what: 'over the last axis, not kept',
    inputs: [distinct('N', 3, 4), ints(-1)],
    attributes: { keepdims: 0 },
  },
  { what: 'over no axis', inputs: [distinct('N', 3)], attributes: { noop_with_empty_axes: 1 } },
  {
    what: 'over no axis, not kept',
    inputs: [distinct('N', 3)],
    attributes: { noop_with_empty_axes: 1, keepdims: 0 },
  },
  { what: 'over an empty list of axes', inputs: [distinct(2, 3), ints()] },
]

const reduction = { gradient: 'flows', cases: reductions } as const

export const arrangeCases: { readonly [K in Names]: OpCases<K> } = {
  CenterCropPad: {
    gradient: 'none',
    cases: [
      { what: 'that cuts', inputs: [normal('N', 5, 4), ints(2, 2)], attributes: { axes: [1, 2] } },
      { what: 'that adds', inputs: [normal('N', 2, 3), ints(5, 6)], attributes: { axes: [1, -1] } },
      { what: 'that cuts and adds along all axes', inputs: [normal(4, 3), ints(1, 6)] },
    ],
  },
  Concat: {
    gradient: 'flows',
    cases: [
      { what: 'of the first axis', inputs: [normal(2, 3), normal(1, 3)], attributes: { axis: 0 } },
      {
        what: 'of the last axis',
        inputs: [normal('N', 3), normal('N', 1), normal('N', 2)],
        attributes: { axis: -1 },
      },
      {
        what: 'with a constant',
        inputs: [normal(2, 3), constant(normal(2, 2)), normal(2, 1)],
        attributes: { axis: 1 },
      },
    ],
    refused: [
      {
        what: 'of a named axis',
        inputs: [normal('N', 3), normal('M', 3)],
        message: /must have a known size/,
      },
    ],
  },
  Expand: {
    gradient: 'flows',
    cases: [
      { what: 'of a size of 1', inputs: [normal(3, 1), ints(3, 4)] },
      { what: 'to a higher rank', inputs: [normal(3, 1), ints(2, 3, 4)] },
      { what: 'to a smaller target', inputs: [normal(3, 4), ints(1, 1)] },
    ],
  },
  Flatten: {
    gradient: 'flows',
    cases: [
      { what: 'after the batch', inputs: [normal('N', 3, 2)] },
      { what: 'before all', inputs: [normal('N', 3)], attributes: { axis: 0 } },
      { what: 'after all', inputs: [normal('N', 3)], attributes: { axis: 2 } },
      { what: 'before the last', inputs: [normal('N', 3, 2)], attributes: { axis: -1 } },
    ],
  },
  Pad: {
    gradient: 'flows',
    cases: [
      { what: 'of two axes', inputs: [normal('N', 3, 4), ints(0, 1, 0, 0, 2, 3)] },
      { what: 'of every axis by a value', inputs: [normal(2, 3), ints(1, 0, 0, 2), scalar(0.5)] },
      { what: 'by negative numbers', inputs: [normal(2, 4), ints(0, -1, 1, -2)] },
      { what: 'by nothing', inputs: [normal('N', 3), ints(0, 0, 0, 0)] },
    ],
    refused: [
      {
        what: 'by reflection',
        inputs: [normal(2, 4), ints(0, 1, 0, 1)],
        attributes: { mode: 'reflect' },
        message: /mode constant/,
      },
    ],
  },
  ReduceMax: reduction,
  ReduceMean: reduction,
  ReduceSum: reduction,
  Reshape: {
    gradient: 'flows',
    cases: [
      { what: 'to given sizes', inputs: [normal(2, 6), ints(3, 4)] },
      { what: 'to a free size', inputs: [normal('N', 6), ints(-1, 3)] },
      { what: 'to a kept size', inputs: [normal('N', 6), ints(0, 2, 3)] },
      { what: 'of a scalar', inputs: [normal(), ints(1, 1)] },
    ],
  },
  Resize: {
    gradient: 'none',
    cases: [
      {
        what: 'to given sizes',
        inputs: [normal(1, 1, 2, 2), undefined, undefined, ints(3, 3)],
        attributes: { axes: [2, 3] },
      },
    ],
  },
  Shape: { gradient: 'stops', cases: [{ what: 'with a named size', inputs: [normal('N', 3)] }] },
  Size: { gradient: 'stops', cases: [{ what: 'with a named size', inputs: [normal('N', 3)] }] },
  Slice: {
    gradient: 'flows',
    cases: [
      { what: 'of the first axes', inputs: [normal(4, 5), ints(1, 0), ints(3, 4)] },
      { what: 'of one axis', inputs: [normal('N', 5), ints(2), ints(5), ints(1)] },
      { what: 'by negative indices', inputs: [normal('N', 5), ints(-4), ints(-1), ints(-1)] },
      { what: 'beyond the end', inputs: [normal('N', 5), ints(1), ints(2 ** 40), ints(1), ints(1)] },
      { what: 'from before the start', inputs: [normal('N', 5), ints(-9), ints(2), ints(1)] },
    ],
    refused: [
      {
        what: 'with a step of 2',
        inputs: [normal(6), ints(0), ints(6), ints(0), ints(2)],
        message: /steps of 1/,
      },
      {
        what: 'backwards',
        inputs: [normal(6), ints(-1), ints(-(2 ** 40)), ints(0), ints(-1)],
        message: /steps of 1/,
      },
    ],
  },
  Squeeze: {
    gradient: 'flows',
    cases: [
      { what: 'of every size of 1', inputs: [normal(1, 3, 1)] },
      { what: 'of given axes', inputs: [normal('N', 1, 3, 1), ints(1, -1)] },
    ],
  },
  Transpose: {
    gradient: 'flows',
    cases: [
      { what: 'of all axes', inputs: [normal('N', 3, 4)] },
      { what: 'by a cycle', inputs: [normal('N', 3, 4)], attributes: { perm: [1, 2, 0] } },
    ],
  },
  Unsqueeze: {
    gradient: 'flows',
    cases: [{ what: 'at both ends', inputs: [normal('N', 3), ints(0, -1)] }],
  },
}
