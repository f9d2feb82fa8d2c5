/** Graphs on the engine with the numbers that the reference interpreter takes. */
import assert from 'node:assert/strict'
import type { NdArray } from '../../src/graph/reference/index.ts'
import { openSession } from '../../src/graph/session.ts'
import { tensorOf } from '../../src/graph/tensor.ts'
import type { Graph, Tensor } from '../../src/graph/types.ts'

/** The engine computes in float32: 24 bits, of which sums of some dozens of products lose a few. */
export const engineTolerance = 1e-5

/** What the engine gives for these numbers. */
export async function runOnEngine(
  graph: Graph,
  feeds: Readonly<Record<string, NdArray>>,
): Promise<Readonly<Record<string, Tensor>>> {
  const session = await openSession(graph)
  const tensors = graph.inputs.map(({ name, dtype }) => {
    const { shape, data } = feeds[name]!
    return [name, tensorOf(dtype, shape, data)] as const
  })
  try {
    return await session.run(Object.fromEntries(tensors))
  } finally {
    await session.close()
  }
}

/** Fails unless the numbers are as close as float32 allows, relative to numbers above 1. */
export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length, what)
  for (let at = 0; at < actual.length; at++) {
    const [value, wanted] = [actual[at]!, expected[at]!]
    const isClose = Math.abs(value - wanted) <= engineTolerance * Math.max(1, Math.abs(wanted))
    assert.ok(isClose, `${what}[${at}]: ${value}, not ${wanted}`)
  }
}
