/**
 * The two resize passes as WebAssembly SIMD functions.
 *
 * Weights of 22 bits are split into two halves of 11, and two input positions are mixed at once, so that the 16-bit
 * multiply-add (`i32x4.dot_i16x8_s`) sums exactly.
 */

import {
  advance,
  assemble,
  type Code,
  i8x16,
  i16x8,
  i32,
  i32x4,
  repeatWhile,
  v128,
  valueType,
  variables,
  type WasmFunction,
} from '../util/webassembly.ts'
import { lowBits, weightBits } from './resample.ts'

/** Bytes of one record in a packed table: (start, pairs) of an output position, or the weights of a pair. */
const record = i32.constant(8)

/** (high * 2^11 + low + 2^21) / 2^22, rounded down. */
function finished(high: Code, low: Code): Code {
  const half = i32x4.splat(i32.constant(1 << (weightBits - 1)))
  return i32x4.shiftRight(i32x4.add(i32x4.add(i32x4.shiftLeft(high, lowBits), low), half), weightBits)
}

/** `sum += dot(values, the pair's high or low weights)` */
function mix(sum: { get: Code; set: (value: Code) => Code }, values: Code, weights: Code, part: 0 | 4): Code {
  return sum.set(i32x4.add(sum.get, i32x4.dot(values, v128.load32Splat(weights, part))))
}

/** Horizontal: `[rows, width, 3] -> [rows, positions, 3]`, pixel by pixel with its three channels in three lanes. */
function columnsFunction(): WasmFunction {
  const { from, rowBytes, rows, to, table, tableEnd, entry, weights, source, pairs, high, low, pixels } =
    variables(
      ...(['from', 'rowBytes', 'rows', 'to', 'table', 'tableEnd'] as const),
      ...(['entry', 'weights', 'source', 'pairs', 'high', 'low', 'pixels'] as const),
    )
  // R0 G0 B0 R1 G1 B1 -> 16-bit R0 R1 G0 G1 B0 B1 0 0; lane 255 reads as zero
  const inPairs = v128.bytes([0, 255, 3, 255, 1, 255, 4, 255, 2, 255, 5, 255, 255, 255, 255, 255])
  const eachPair = repeatWhile(
    [
      pixels.set(v128.swizzle(v128.load64Zero(source.get), inPairs)),
      mix(high, pixels.get, weights.get, 0),
      mix(low, pixels.get, weights.get, 4),
      advance(source, i32.constant(6)),
      advance(weights, record),
      advance(pairs, i32.constant(-1)),
    ],
    pairs.get,
  )
  const pixel = i8x16.narrow(i16x8.narrow(finished(high.get, low.get), v128.zero), v128.zero)
  const eachColumn = repeatWhile(
    [
      source.set(i32.add(from.get, i32.multiply(i32.load(entry.get), i32.constant(3)))),
      pairs.set(i32.load(entry.get, 4)),
      high.set(v128.zero),
      low.set(v128.zero),
      eachPair,
      v128.store32(to.get, pixel), // its fourth byte is overwritten by the next pixel
      advance(to, i32.constant(3)),
      advance(entry, record),
    ],
    i32.less(entry.get, tableEnd.get),
  )
  const eachRow = repeatWhile(
    [
      entry.set(table.get),
      weights.set(tableEnd.get),
      eachColumn,
      advance(from, rowBytes.get),
      advance(rows, i32.constant(-1)),
    ],
    rows.get,
  )
  const { i32: integer, v128: lanes } = valueType
  return {
    name: 'columns',
    parameters: new Array<number>(6).fill(valueType.i32),
    locals: [...Array(4).fill(integer), lanes, lanes, lanes],
    body: [eachRow],
  }
}

/** Vertical: `[height, stride] -> [positions, stride]`, eight bytes of a row at once. */
function rowsFunction(): WasmFunction {
  const names = variables(
    ...([
      'from',
      'stride',
      'to',
      'table',
      'tableEnd',
      'entry',
      'rowWeights',
      'weights',
      'x',
      'source',
      'pairs',
    ] as const),
    ...(['bytes', 'left', 'right', 'high0', 'low0', 'high1', 'low1'] as const),
  )
  const { from, stride, to, table, tableEnd, entry, rowWeights, weights, x, source, pairs } = names
  const { bytes, left, right, high0, low0, high1, low1 } = names
  const nextRow = i32.add(source.get, stride.get)
  const interleaved = [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23]
  const eachPair = repeatWhile(
    [
      bytes.set(v128.shuffle(v128.load64Zero(source.get), v128.load64Zero(nextRow), interleaved)),
      left.set(i16x8.extendLow(bytes.get)),
      right.set(i16x8.extendHigh(bytes.get)),
      mix(high0, left.get, weights.get, 0),
      mix(low0, left.get, weights.get, 4),
      mix(high1, right.get, weights.get, 0),
      mix(low1, right.get, weights.get, 4),
      source.set(i32.add(nextRow, stride.get)),
      advance(weights, record),
      advance(pairs, i32.constant(-1)),
    ],
    pairs.get,
  )
  const eightBytes = i16x8.narrow(finished(high0.get, low0.get), finished(high1.get, low1.get))
  const eachEight = repeatWhile(
    [
      source.set(i32.add(i32.add(from.get, i32.multiply(i32.load(entry.get), stride.get)), x.get)),
      pairs.set(i32.load(entry.get, 4)),
      weights.set(rowWeights.get),
      ...[high0, low0, high1, low1].map(sum => sum.set(v128.zero)),
      eachPair,
      v128.store64(i32.add(to.get, x.get), i8x16.narrow(eightBytes, v128.zero)), // past the end: the next row's
      advance(x, i32.constant(8)),
    ],
    i32.less(x.get, stride.get),
  )
  const eachRow = repeatWhile(
    [
      x.set(i32.constant(0)),
      eachEight,
      rowWeights.set(weights.get),
      advance(to, stride.get),
      advance(entry, record),
    ],
    i32.less(entry.get, tableEnd.get),
  )
  const { i32: integer, v128: lanes } = valueType
  const locals = [...Array(6).fill(integer), ...Array(7).fill(lanes)]
  const start = [entry.set(table.get), rowWeights.set(tableEnd.get)]
  return {
    name: 'rows',
    parameters: new Array<number>(5).fill(valueType.i32),
    locals,
    body: [...start, eachRow],
  }
}

/** The module: functions `columns` and `rows`, and the memory that they work in. */
export const resizeModule: Uint8Array = assemble([columnsFunction(), rowsFunction()])
