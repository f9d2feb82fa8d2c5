import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distillPlan } from '../../src/distill/options.ts'
import { learningRateAt, sizeAt } from '../../src/distill/schedule.ts'

const plan = distillPlan({ size: 96, smallEpochs: 3, epochs: 2, learningRate: 1 }, [], 1)

test('sizeAt() follows the stages', () => {
  assert.deepEqual(
    [0, 2, 3, 4, 5].map(epoch => sizeAt(plan, epoch)),
    [64, 64, 96, 96, 96],
  )
})

test('learningRateAt() rises over the first epoch and falls to nothing over the others', () => {
  assert.equal(learningRateAt(plan, 0, 0.5), 0.5)
  assert.equal(learningRateAt(plan, 1, 0), 1)
  assert.ok(Math.abs(learningRateAt(plan, 3, 0) - 0.5) < 1e-12)
  assert.ok(learningRateAt(plan, 4, 1) < 1e-12)
})
