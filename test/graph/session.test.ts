/** Running graphs on the engine, in the caller's memory. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphBuilder } from '../../src/graph/builder.ts'
import { writeOnnx } from '../../src/graph/onnx/write.ts'
import { openSession } from '../../src/graph/session.ts'
import { numbersOf, tensor, tensorFromBytes, tensorOf, zeros } from '../../src/graph/tensor.ts'
import type { Graph } from '../../src/graph/types.ts'

/** double = x + x, square = x * x for x of [N, 2]. */
function twoOutputs(): Graph {
  const g = graphBuilder('two')
  const x = g.input('x', 'float32', ['N', 2])
  return g.build([g.add('Add', [x, x], {}, 'double'), g.add('Mul', [x, x], {}, 'square')])
}

test('openSession() runs a graph, or the bytes of its file', async () => {
  for (const model of [twoOutputs(), writeOnnx(twoOutputs())]) {
    const session = await openSession(model)
    assert.deepEqual(session.inputNames, ['x'])
    assert.deepEqual(session.outputNames, ['double', 'square'])
    const results = await session.run({ x: tensorOf('float32', [1, 2], [3, -1]) })
    assert.deepEqual(results['double'], tensorOf('float32', [1, 2], [6, -2]))
    assert.deepEqual(results['square'], tensorOf('float32', [1, 2], [9, 1]))
    await session.close()
  }
})

test('Session.run() reads and writes the arrays that it is given', async () => {
  const session = await openSession(twoOutputs())
  const x = tensorOf('float32', [2, 2], [1, 2, 3, 4])
  const square = zeros('float32', [2, 2])
  const results = await session.run({ x }, { square })
  assert.deepEqual(numbersOf(square), [1, 4, 9, 16])
  assert.deepEqual(numbersOf(results['double']!), [2, 4, 6, 8])
  ;(x.data as Float32Array).fill(5)
  await session.run({ x }, { square })
  assert.deepEqual(numbersOf(square), [25, 25, 25, 25])
  await session.close()
})

test('openSession() refuses what the engine cannot run, in one line', async () => {
  await assert.rejects(openSession(new Uint8Array([1, 2, 3])), {
    name: 'UserError',
    code: 'model',
    message: /^The engine cannot run this model: [^\n]+$/,
  })
})

test('tensor() checks the array against dtype and shape', () => {
  assert.throws(() => tensor('float32', [2], new Float64Array(2)), {
    name: 'TypeError',
    message: 'Expected Float32Array for float32. Received: Float64Array',
  })
  assert.throws(() => tensor('float32', [2, 3], new Float32Array(5)), {
    name: 'RangeError',
    message: 'Expected 6 elements for shape [2,3]. Received: 5',
  })
  assert.throws(() => tensorOf('int64', [1], [0.5]), RangeError)
})

test('tensorFromBytes() reads bytes at any place, also in a Buffer', () => {
  const numbers = Float32Array.from([1.5, -2])
  for (const shift of [0, 1, 2, 3]) {
    const bytes = Buffer.alloc(shift + 8)
    bytes.set(new Uint8Array(numbers.buffer), shift)
    assert.deepEqual(tensorFromBytes('float32', [2], bytes.subarray(shift)).data, numbers)
  }
})

test('openSession() refuses a number of threads that is none, run() an output that is none; close() may be repeated', async () => {
  for (const threads of [0, -1, 1.5, Number.NaN])
    await assert.rejects(openSession(twoOutputs(), { threads }), RangeError)
  const session = await openSession(twoOutputs())
  const x = tensorOf('float32', [1, 2], [3, -1])
  await assert.rejects(session.run({ x }, { sqare: zeros('float32', [1, 2]) }), /no output "sqare"/)
  await session.close()
  await session.close()
})
