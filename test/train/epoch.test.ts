/** An epoch sees every example once, in the seed's order, and stops when the loss is not finite. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EpochState, evaluateSet, trainEpoch } from '../../src/train/epoch.ts'
import type { Batch, PhaseEngine } from '../../src/train/step.ts'
import type { Plan } from '../../src/train/types.ts'
import type { UserError } from '../../src/util/errors.ts'
import { madePhase } from './made-phase.ts'

const phase = madePhase()
const plan = { batchSize: 4, seed: 3, head: { activation: 'softmax' } } as unknown as Plan
const labels = [0, 1, 0, 1, 1, 0, 1, 0, 0, 1]
/** One feature: the example's place. */
const table = {
  length: 1,
  read: (places: ArrayLike<number>, out: Float32Array) => out.set(Array.from(places)),
}
const fresh = (): EpochState => ({ step: 0, lossSum: 0, logits: new Float32Array() })
const options = (afterStep: (state: EpochState) => boolean = () => false, phaseEpoch = 0) => ({
  plan,
  phase,
  phaseIndex: 0,
  phaseEpoch,
  classes: 2,
  classWeights: Float64Array.of(1, 1),
  ratesAt: () => ({ learningRate: 0.1, averagingDecay: 0 }),
  afterStep,
})

/** An engine that says the true class with certainty and keeps what it was given. */
function recorder(loss = 0.5): { engine: PhaseEngine; seen: number[]; steps: number[] } {
  const seen: number[] = []
  const steps: number[] = []
  const answer = (features: Float32Array, count: number): Float32Array =>
    Float32Array.from({ length: count * 2 }, (_, at) => (labels[features[at >> 1]!] === at % 2 ? 9 : 0))
  const engine = {
    async train({ count, features }: Batch, step: number) {
      seen.push(...features.subarray(0, count))
      steps.push(step)
      return { loss, logits: answer(features, count) }
    },
    logits: async (features: Float32Array, count: number) => answer(features, count),
  } as unknown as PhaseEngine
  return { engine, seen, steps }
}

test('trainEpoch() visits every example once, the last batch smaller, in another order each epoch', async () => {
  const orders: number[][] = []
  for (const phaseEpoch of [0, 1]) {
    const { engine, seen, steps } = recorder()
    const figures = await trainEpoch(engine, { table, labels }, options(undefined, phaseEpoch), fresh())
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      labels.map((_, place) => place),
    )
    assert.deepEqual(
      steps,
      [1, 2, 3].map(step => step + 3 * phaseEpoch),
    )
    assert.equal(figures!.accuracy, 1)
    assert.equal(figures!.loss, 0.5)
    orders.push(seen)
  }
  assert.notDeepEqual(orders[0], orders[1])
})

test('trainEpoch() goes on in the middle of an epoch with the same order and figures', async () => {
  const whole = recorder()
  const expected = await trainEpoch(whole.engine, { table, labels }, options(), fresh())
  const parts = recorder()
  const state = fresh()
  assert.equal(
    await trainEpoch(
      parts.engine,
      { table, labels },
      options(({ step }) => step === 2),
      state,
    ),
    null,
  )
  const found = await trainEpoch(parts.engine, { table, labels }, options(), {
    ...state,
    logits: state.logits.slice(),
  })
  assert.deepEqual(parts.seen, whole.seen)
  assert.deepEqual(found, expected)
})

test('trainEpoch() stops when the loss is not finite, and says what to try', async () => {
  const { engine } = recorder(Number.NaN)
  await assert.rejects(trainEpoch(engine, { table, labels }, options(), fresh()), (error: UserError) => {
    assert.match(error.message, /phase "head" is not finite/)
    assert.match(error.hint!, /--learning-rate 0.01/)
    return error.code === 'diverged'
  })
})

test('evaluateSet() gives figures over all examples, whatever the size of its batches', async () => {
  const { figures, probabilities } = await evaluateSet(recorder().engine, { table, labels }, plan, 2)
  assert.equal(figures.accuracy, 1)
  assert.ok(Math.abs(figures.loss - Math.log1p(Math.exp(-9))) < 1e-6)
  assert.deepEqual(
    labels.map((label, place) => Math.round(probabilities[place * 2 + label]!)),
    labels.map(() => 1),
  )
})
