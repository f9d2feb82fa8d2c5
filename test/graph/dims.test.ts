/** Sizes that are known only when a graph runs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  broadcastShapes,
  divideDims,
  elementCount,
  positiveAxis,
  sameShape,
  sizeOf,
} from '../../src/graph/dims.ts'
import type { Dim } from '../../src/graph/types.ts'

test('sizeOf() multiplies numbers and names', () => {
  assert.equal(sizeOf([]), 1)
  assert.equal(sizeOf([2, 3]), 6)
  assert.equal(sizeOf(['N']), 'N')
  assert.equal(sizeOf(['N', 1]), 'N')
  assert.equal(sizeOf([6, 'N', 6]), '36*N')
  assert.equal(sizeOf(['36*N', 2, 'M']), '72*M*N')
  assert.equal(sizeOf([0, 'N']), 0)
})

test('divideDims() divides numbers and names, and only where nothing is left over', () => {
  assert.equal(divideDims('36*N', 'N'), 36)
  assert.equal(divideDims('36*N', 36), 'N')
  assert.equal(divideDims('36*N', '4*N'), 9)
  assert.equal(divideDims('N*N', 'N'), 'N')
  assert.equal(divideDims(6, 4), undefined)
  assert.equal(divideDims('N', 2), undefined)
  assert.equal(divideDims(6, 'N'), undefined)
  assert.equal(divideDims('N', 'M'), undefined)
  assert.equal(divideDims(6, 0), undefined)
  assert.equal(divideDims(0, 3), 0)
})

const dims = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom('N', 'M', 'H')), {
  maxLength: 4,
})

test('divideDims() undoes sizeOf()', () => {
  fc.assert(
    fc.property(dims, dims, (a, b) => {
      assert.equal(divideDims(sizeOf([...a, ...b]), sizeOf(b)), sizeOf(a))
    }),
    { seed: 1 },
  )
})

test('elementCount() wants sizes that are known', () => {
  assert.equal(elementCount([2, 3, 0]), 0)
  const message = 'Expected a shape without named sizes. Received: [N,3]'
  assert.throws(() => elementCount(['N', 3]), { name: 'TypeError', message })
})

test('broadcastShapes() follows the examples of the ONNX standard', () => {
  const examples: readonly (readonly [Dim[], Dim[], Dim[]])[] = [
    [[2, 3, 4, 5], [], [2, 3, 4, 5]],
    [[2, 3, 4, 5], [5], [2, 3, 4, 5]],
    [
      [4, 5],
      [2, 3, 4, 5],
      [2, 3, 4, 5],
    ],
    [
      [1, 4, 5],
      [2, 3, 1, 1],
      [2, 3, 4, 5],
    ],
    [
      [3, 4, 5],
      [2, 1, 1, 1],
      [2, 3, 4, 5],
    ],
    [
      ['N', 1],
      [1, 4],
      ['N', 4],
    ],
    [
      ['N', 4],
      ['N', 4],
      ['N', 4],
    ],
  ]
  for (const [a, b, expected] of examples) assert.deepEqual(broadcastShapes(a, b), expected)
  const message = 'Shapes [2,3] and [2,4] do not broadcast at axis 1'
  assert.throws(() => broadcastShapes([2, 3], [2, 4]), { name: 'RangeError', message })
  assert.throws(() => broadcastShapes(['N'], ['M']), RangeError)
})

test('positiveAxis() counts from either end', () => {
  assert.equal(positiveAxis(1, 3), 1)
  assert.equal(positiveAxis(-1, 3), 2)
  for (const axis of [3, -4])
    assert.throws(() => positiveAxis(axis, 3), {
      name: 'RangeError',
      message: `Axis ${axis} is outside of rank 3`,
    })
})

test('sameShape() compares ranks, numbers and names', () => {
  assert.ok(sameShape(['N', 3], ['N', 3]))
  assert.ok(!sameShape(['N', 3], ['M', 3]))
  assert.ok(!sameShape([3], [3, 1]))
})
