/** Learning rates follow their schedules. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { averagingDecay, learningRateAt } from '../../src/train/schedule.ts'
import type { Phase } from '../../src/train/types.ts'
import { madePhase } from './made-phase.ts'

const phase = madePhase({ epochs: 10, learningRate: 2 })
const stepsPerEpoch = 8
const rates = (change: Partial<Phase>): number[] =>
  Array.from({ length: 80 }, (_, step) => learningRateAt({ ...phase, ...change }, step, stepsPerEpoch))

test('a constant schedule keeps the rate', () => {
  assert.deepEqual(new Set(rates({})), new Set([2]))
})

test('a cosine schedule begins at the rate, passes half of it halfway and falls all the way', () => {
  const found = rates({ schedule: 'cosine' })
  assert.equal(found[0], 2)
  assert.ok(Math.abs(found[40]! - 1) < 1e-12)
  assert.ok(found.every((rate, step) => step === 0 || rate < found[step - 1]!))
  assert.ok(found.at(-1)! < 0.01)
})

test('a one-cycle schedule rises to the rate at a quarter of the way, then falls to 0', () => {
  const found = rates({ schedule: 'one-cycle' })
  assert.equal(found.indexOf(Math.max(...found)), 20)
  assert.ok(Math.abs(found[20]! - 2) < 1e-12)
  assert.ok(found[0]! < 0.1 && found.at(-1)! < 0.01)
})

test('warm-up rises linearly and reaches the schedule when it is over', () => {
  const found = rates({ warmup: 0.5 })
  assert.deepEqual(found.slice(0, 5), [0.4, 0.8, 1.2, 1.6, 2])
})

test('averages forget the start soon, then hold as many steps as the phase says', () => {
  const decay = (step: number, averaging = 0.5): number =>
    averagingDecay({ ...phase, averaging }, step, stepsPerEpoch)
  assert.equal(decay(1), 2 / 11)
  assert.equal(decay(100), 0.75)
  assert.equal(decay(100, 0.01), 0)
})
