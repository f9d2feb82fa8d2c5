/** Gradients against central differences in float64, the invariant that every gradient rule is held to. */
import assert from 'node:assert/strict'
import { gradientName, withGradients } from '../../src/graph/gradients/index.ts'
import { interpret, type NdArray, ndarray } from '../../src/graph/reference/index.ts'
import type { Graph } from '../../src/graph/types.ts'

export type Feeds = Readonly<Record<string, NdArray>>

/** Near the cube root of 2^-52, where the differences' own error (h^2) equals that of rounding (2^-52 / h). */
const step = 1e-5

/**
 * Differences err by about h^2 = 1e-10 times the third derivative, which stays below 100 in these tests; a wrong
 * rule is wrong in the first digits.
 */
const tolerance = 1e-7

/** Fails unless the gradient towards each fed value in `wanted` equals the slope of the loss along each element. */
export function checkGradients(graph: Graph, loss: string, wanted: readonly string[], feeds: Feeds): void {
  const gradients = interpret(withGradients(graph, loss, wanted), feeds)
  for (const name of wanted) {
    const gradient = gradients[gradientName(name)]!
    assert.deepEqual(gradient.shape, feeds[name]!.shape, `shape of the gradient towards ${name}`)
    for (const [at, found] of gradient.data.entries()) {
      const slope = slopeAlong(graph, loss, feeds, name, at)
      const allowed = tolerance * Math.max(1, Math.abs(slope))
      assert.ok(Math.abs(found - slope) <= allowed, `${name}[${at}]: gradient ${found}, slope ${slope}`)
    }
  }
}

function slopeAlong(graph: Graph, loss: string, feeds: Feeds, name: string, at: number): number {
  const moved = (by: number): number => {
    const { shape, data } = feeds[name]!
    const nearby = ndarray(
      shape,
      data.map((value, index) => (index === at ? value + by : value)),
    )
    return interpret(graph, { ...feeds, [name]: nearby })[loss]!.data[0]!
  }
  return (moved(step) - moved(-step)) / (2 * step)
}
