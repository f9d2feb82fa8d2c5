/** How differences are counted and which pictures are named. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { driftOf, type Pair } from '../../src/export/drift.ts'

const classNames = ['ant', 'bee']
const pair = (id: string, run: number, exported: number): Pair => ({
  id,
  run: Float32Array.of(run, 1 - run),
  exported: Float32Array.of(exported, 1 - exported),
})

test('driftOf() counts what is over the tolerance, what changed its answer, and names the worst first', () => {
  const drift = driftOf(
    [
      pair('same', 0.75, 0.75),
      pair('near', 0.501, 0.499),
      pair('far', 0.875, 0.25),
      pair('off', 0.75, 0.625),
    ],
    classNames,
    0.01,
  )
  assert.equal(drift.images, 4)
  assert.equal(drift.largestDifference, 0.625)
  assert.equal(drift.changedAnswers, 2)
  assert.equal(drift.overTolerance, 2)
  assert.deepEqual(
    drift.worst.map(({ id }) => id),
    ['far', 'off', 'near'],
  )
  assert.deepEqual(drift.worst[0]!.run, { label: 'ant', score: 0.875 })
  assert.deepEqual(drift.worst[0]!.exported, { label: 'bee', score: 0.75 })
})

test('driftOf() takes an answer that is no number, or of another length, for the largest difference', () => {
  for (const exported of [Float32Array.of(Number.NaN, 0), Float32Array.of(1)])
    assert.equal(driftOf([{ ...pair('x', 1, 1), exported }], classNames, 0.01).overTolerance, 1)
})

test('driftOf() of no picture is no difference', () => {
  const { images, largestDifference, meanDifference, worst } = driftOf([], classNames, 0.01)
  assert.deepEqual([images, largestDifference, meanDifference, worst], [0, 0, 0, []])
})
