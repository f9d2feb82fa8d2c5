/** Means and deviations of a teacher's features, so that each counts alike. */
import type { GraphBuilder } from '../graph/builder.ts'
import { tensor } from '../graph/tensor.ts'

/** Of each of a part's numbers. */
export interface Moments {
  readonly mean: Float32Array
  readonly deviation: Float32Array
}

/** A feature that hardly ever moves is not enlarged by more than this. */
const leastDeviation = 1e-2

/** The moments of `length` columns, from column `start` on, of rows [count, width]. */
export function momentsOf(rows: Float32Array, width: number, start: number, length: number): Moments {
  const count = rows.length / width
  const mean = new Float32Array(length)
  const deviation = new Float32Array(length)
  for (let column = 0; column < length; column++) {
    let [sum, squares] = [0, 0]
    for (let at = start + column; at < rows.length; at += width) {
      sum += rows[at]!
      squares += rows[at]! ** 2
    }
    mean[column] = sum / count
    deviation[column] = Math.max(leastDeviation, Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)))
  }
  return { mean, deviation }
}

/** Adds (value - mean) / deviation to a graph, for a value [N, length]. */
export function standardised(g: GraphBuilder, value: string, { mean, deviation }: Moments): string {
  const row = (data: Float32Array, name: string): string =>
    g.initializer(`${value}/${name}`, tensor('float32', [data.length], data))
  return g.add('Div', [g.add('Sub', [value, row(mean, 'mean')]), row(deviation, 'deviation')])
}
