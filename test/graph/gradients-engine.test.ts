/** The gradient of every operator, in every form and both layouts, as the engine computes it in float32. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lower } from '../../src/graph/lowering/index.ts'
import { interpret } from '../../src/graph/reference/index.ts'
import { numbersOf } from '../../src/graph/tensor.ts'
import { everyOp } from './cases/index.ts'
import { gradientGraph, lossOf } from './cases/loss.ts'
import { assertClose, runOnEngine } from './engine.ts'

/** Forms that are differentiated but not lowered yet. */
const refused = new Set(['Conv depthwise with two outputs a channel', 'Conv in two groups'])

const lastWindow = 'the engine plans memory for a window that its kernels, and later opsets, drop'

/** Forms that the engine is not held to, and why. */
const excused: Readonly<Record<string, string>> = {
  'AveragePool with a last window that would begin in the pads': lastWindow,
  'MaxPool with a last window that would begin in the pads': lastWindow,
  'AveragePool that counts its pads, the last window hanging over': 'lowering counts what hangs over',
  'BatchNormalization with the statistics of a batch of rows': 'lowering wants [N, C, H, W]',
  'Cast to float64': 'the loss is one of float64 then',
}

for (const [op, { gradient, cases }] of everyOp) {
  for (const one of cases) {
    const name = `${op} ${one.what}`
    if (gradient !== 'flows' || Object.hasOwn(excused, name)) continue
    for (const layout of ['plain', 'channel-first'] as const)
      test(`the gradient of ${name} on the engine is the interpreter's, ${layout}`, async () => {
        const trial = lossOf(op, one, 'float32')
        const graph = gradientGraph(trial)
        if (refused.has(name)) return assert.throws(() => lower(graph, { layout }), RangeError)
        const expected = interpret(graph, trial.feeds)
        const found = await runOnEngine(lower(graph, { layout }), trial.feeds)
        for (const { name: output } of graph.outputs) {
          assert.deepEqual(found[output]!.shape, expected[output]!.shape, output)
          assertClose(numbersOf(found[output]!), expected[output]!.data, output)
        }
      })
  }
}

test('every form that the engine is not held to is one that is tried', () => {
  const names = new Set(everyOp.flatMap(([op, { cases }]) => cases.map(one => `${op} ${one.what}`)))
  for (const name of [...refused, ...Object.keys(excused)]) assert.ok(names.has(name), name)
})
