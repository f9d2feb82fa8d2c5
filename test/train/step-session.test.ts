/** Which phases divide their batches among threads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldedOptimizer } from '../../src/graph/optimizers/folded.ts'
import { zeros } from '../../src/graph/tensor.ts'
import { isDivisible } from '../../src/train/step-session.ts'
import { madePhase } from './made-phase.ts'

test('batches are divided where layers of the backbone learn, up to a million parameters, by stored statistics', () => {
  const optimizer = (count: number) =>
    foldedOptimizer(new Map([['kernel', zeros('float32', [count])]]), { type: 'sgd' }, [])
  const few = optimizer(400_000)
  assert.ok(isDivisible(madePhase({ fromLayer: 100 }), few))
  assert.ok(!isDivisible(madePhase({ fromLayer: null }), few))
  assert.ok(!isDivisible(madePhase({ fromLayer: 100, batchNorm: 'batch' }), few))
  assert.ok(!isDivisible(madePhase({ fromLayer: 100 }), optimizer(1_800_000)))
})
