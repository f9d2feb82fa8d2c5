/** The weights of antialiased linear resizing, to the bit as ONNX Runtime computes them. */

/** For each output position, which input positions it mixes and how much of each. */
export interface Resampling {
  /** First input position of each output position. */
  readonly start: Int32Array
  /** How many input positions each output position mixes. */
  readonly count: Int32Array
  /** Weights of output position i from i * window on, in units of 2^-22, adding up to about 2^22. */
  readonly weights: Int32Array
  readonly window: number
}

/** Bits after the binary point of a weight: 255 * 2^22 and the rounding still fit an int32. */
export const weightBits = 22
/** The lower half of them, for arithmetic on 16-bit halves. */
export const lowBits = 11

/** Tables kept before all are dropped; data sets have few distinct sizes, and a table takes about 4 KB. */
const maxTables = 512
const tables = new Map<string, Resampling>()

/** The weights from `input` to `output` positions along one axis; tables are kept. */
export function resampling(input: number, output: number): Resampling {
  const key = `${input}:${output}`
  const kept = tables.get(key)
  if (kept !== undefined) return kept
  const table = computeResampling(input, output)
  if (tables.size >= maxTables) tables.clear()
  tables.set(key, table)
  return table
}

const f32 = Math.fround

/**
 * A triangle as wide as the reduction, at least one input position to each side, cut off at the border and scaled
 * to add up to one (Pillow's Resample.c; ONNX `Resize` opset 18 with mode=linear, antialias=1, exclude_outside=1,
 * half_pixel). Every step is rounded to float32 in the order of ONNX Runtime's upsample_antialias.h, where Pillow
 * computes in float64: a weight may differ from Pillow's in its last bits.
 */
function computeResampling(input: number, output: number): Resampling {
  const scale = f32(output / input)
  const step = f32(1 / scale)
  const support = Math.max(step, 1)
  const slope = step >= 1 ? f32(1 / step) : 1
  const window = Math.ceil(support) * 2 + 1
  const start = new Int32Array(output)
  const count = new Int32Array(output)
  const weights = new Int32Array(output * window)
  for (let i = 0; i < output; i++) {
    const center = f32(0.5 + (step === 1 ? i : f32(f32((i + 0.5) / scale) - 0.5)))
    const from = Math.floor(f32(f32(center - support) + 0.5))
    const to = Math.min(Math.floor(f32(f32(center + support) + 0.5)), from + window)
    start[i] = Math.max(from, 0)
    count[i] = Math.min(to, input) - start[i]!
    const row = weights.subarray(i * window, i * window + count[i]!)
    fillTriangle(row, start[i]!, center, slope)
  }
  return { start, count, weights, window }
}

function fillTriangle(row: Int32Array, start: number, center: number, slope: number): void {
  const heights = new Float32Array(row.length)
  let total = 0
  for (let k = 0; k < row.length; k++) {
    const distance = Math.abs(f32(f32(f32(start + k - center) + 0.5) * slope))
    heights[k] = distance < 1 ? 1 - distance : 0
    total = f32(total + heights[k]!)
  }
  const share = total === 0 ? 1 : f32(1 / total)
  for (let k = 0; k < row.length; k++) row[k] = Math.round(f32(heights[k]! * share) * 2 ** weightBits)
}
