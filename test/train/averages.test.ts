/** Averaged weights follow the weights, take their place when they are validated, and leave no trace. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Folding } from '../../src/graph/folding.ts'
import { type FoldedOptimizer, foldedOptimizer } from '../../src/graph/optimizers/folded.ts'
import { numbersOf, tensorOf } from '../../src/graph/tensor.ts'
import { averagesOf } from '../../src/train/averages.ts'

const folding: Folding = {
  kernel: 'kernel',
  gamma: 'gamma',
  beta: 'beta',
  mean: tensorOf('float32', [2], [0.5, -0.5]),
  variance: tensorOf('float32', [2], [0.25, 4]),
  epsilon: 0,
  foldedKernel: 'folded kernel',
  foldedBias: 'folded bias',
}
const start = new Map([
  ['kernel', tensorOf('float32', [2, 3], [1, 2, 3, 4, 5, 6])],
  ['gamma', tensorOf('float32', [2], [1, 2])],
  ['beta', tensorOf('float32', [2], [0, 1])],
  ['bias', tensorOf('float32', [1], [8])],
])

function optimizer(): FoldedOptimizer {
  return foldedOptimizer(start, { type: 'sgd' }, [folding], 1)
}

function step(made: FoldedOptimizer, at: number): void {
  for (const { data } of made.inputGradients.values()) (data as Float32Array).fill(at)
  made.update(at, 0.1)
}

/** What the graph would take, and the weights behind it. */
function seen({ inputs, flat }: FoldedOptimizer): number[][] {
  return [...inputs.values(), ...flat.parameters.values()].map(numbersOf)
}

test('averages begin as the weights and move towards them by what the decay leaves', () => {
  const made = optimizer()
  const averages = averagesOf(made)
  const bias = made.flat.parameters.get('bias')!.data as Float32Array
  const { start: at } = made.flat.slots.find(({ name }) => name === 'bias')!
  assert.equal(made.flat.moments.at(-1)![at], 8)
  bias[0] = 4
  averages.follow(0.75)
  assert.equal(made.flat.moments.at(-1)![at], 7)
  averages.follow(0)
  assert.equal(made.flat.moments.at(-1)![at], 4)
})

test('in place, the averages are what the graph takes; afterwards the weights are, to the bit, also after a failure', async () => {
  const made = optimizer()
  const averages = averagesOf(made)
  const before = seen(made)
  step(made, 1)
  const after = seen(made)
  assert.notDeepEqual(after, before)
  assert.deepEqual(await averages.inPlace(async () => seen(made)), before)
  assert.deepEqual(seen(made), after)
  await assert.rejects(
    averages.inPlace(() => Promise.reject(new Error('stopped'))),
    /stopped/,
  )
  assert.deepEqual(seen(made), after)
})

test('weights and moments, as a checkpoint has them, bring the averages back', async () => {
  const made = optimizer()
  const averages = averagesOf(made)
  for (const at of [1, 2]) {
    step(made, at)
    averages.follow(0.5)
  }
  const again = foldedOptimizer(made.flat.parameters, { type: 'sgd' }, [folding], 1)
  const resumed = averagesOf(again)
  made.flat.moments.forEach((moment, at) => void again.flat.moments[at]!.set(moment))
  for (const [one, its] of [
    [made, averages],
    [again, resumed],
  ] as const) {
    step(one, 3)
    its.follow(0.5)
  }
  assert.deepEqual(
    await resumed.inPlace(async () => seen(again)),
    await averages.inPlace(async () => seen(made)),
  )
  assert.deepEqual(seen(again), seen(made))
})
