/** Cases of the steps between real numbers and whole ones. */
import { bytes, constant, exactly, type Input, normal, type OpCases, scalar } from './case.ts'

const perChannel: Input = constant(exactly([3], [0.25, 0.5, 0.0625]))

export const quantizeCases: { readonly [K in 'QuantizeLinear' | 'DequantizeLinear']: OpCases<K> } = {
  QuantizeLinear: {
    gradient: 'stops',
    cases: [
      {
        what: 'to uint8 with a zero point',
        inputs: [normal('N', 6), scalar(0.0625), bytes('uint8', [], [128])],
      },
      { what: 'to uint8 by default', inputs: [normal('N', 6), scalar(0.0625)] },
      {
        what: 'to int8, halves to the even neighbour and what is too large to the border',
        inputs: [
          exactly([8], [-0.75, -0.25, 0.25, 0.75, 1.25, -99, 99, 0]),
          scalar(0.5),
          bytes('int8', [], [1]),
        ],
      },
      {
        what: 'with a scale for each channel',
        inputs: [normal('N', 3, 2), perChannel, bytes('int8', [3], [0, -5, 7])],
      },
      {
        what: 'with a scale for each place of the last axis',
        inputs: [normal('N', 2, 3), perChannel, bytes('uint8', [3], [0, 100, 255])],
        attributes: { axis: -1 },
      },
    ],
  },
  DequantizeLinear: {
    gradient: 'stops',
    cases: [
      { what: 'of int8 without a zero point', inputs: [bytes('int8', [4], [-128, -1, 0, 127]), scalar(0.5)] },
      {
        what: 'of uint8 with a zero point',
        inputs: [bytes('uint8', [4], [0, 1, 200, 255]), scalar(0.5), bytes('uint8', [], [200])],
      },
      {
        what: 'with a scale for each row',
        inputs: [bytes('int8', [3, 2], [-128, -1, 0, 127, 5, 6]), perChannel, bytes('int8', [3], [0, 1, 2])],
        attributes: { axis: 0 },
      },
    ],
  },
}
