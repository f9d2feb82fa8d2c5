/** Moving statistics follow the batches' by Keras' momentum, and are those that validation goes by. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initialWeight } from '../../src/model/init.ts'
import { backboneOf, modelOf, phaseNetwork } from '../../src/train/network.ts'
import { openPhaseEngine } from '../../src/train/step.ts'
import type { Plan } from '../../src/train/types.ts'
import { randomOf } from '../../src/util/random.ts'
import { madePhase } from './made-phase.ts'

const plan = {
  model: { name: 'mobilenet_v2', alpha: 0.1, weights: 'random' },
  preprocessing: { size: 32 },
  head: { pooling: 'average', activation: 'sigmoid' },
  threads: 1,
} as unknown as Plan
const phase = madePhase({ fromLayer: 100, batchNorm: 'batch' })
const count = 8

test('two steps over one batch bring moving statistics nearer to its own by a thousandth each', async () => {
  const { graph, layers } = modelOf(plan, 2, backboneOf(plan))
  const inputs = graph.inputs.filter(({ name }) => name !== 'image')
  const weights = new Map(inputs.map(input => [input.name, initialWeight(input, 1)]))
  const network = phaseNetwork(plan, phase, 2, weights)
  const engine = await openPhaseEngine(network, phase, layers, weights, plan)
  const random = randomOf(1, 'features')
  const size = count * network.cut.shape.reduce((product, side) => product * side, 1)
  const batch = {
    count,
    features: Float32Array.from({ length: size }, () => random.normal()),
    targets: Float32Array.from({ length: count }, (_, at) => at % 2),
    weights: new Float32Array(count).fill(1 / count),
  }
  const rates = { learningRate: 0, averagingDecay: 0 }
  const logits = async (): Promise<number[]> => [...(await engine.logits(batch.features, count))]
  const seen = [engine.weights()]
  const first = await logits()
  for (const step of [1, 2]) {
    await engine.train(batch, step, rates)
    seen.push(engine.weights())
  }
  assert.notDeepEqual(await logits(), first)
  await engine.close()
  assert.ok(network.moving.length > 30)
  for (const { buffer } of network.moving) {
    const [before, once, twice] = seen.map(all => all.get(buffer)!.data as Float32Array)
    const moves = before!.map((value, at) => once![at]! - value)
    assert.ok(
      moves.some(move => move !== 0),
      `${buffer} does not move`,
    )
    for (const [at, move] of moves.entries()) {
      const rounding = 2 ** -21 * Math.abs(twice![at]!)
      const next = twice![at]! - once![at]!
      assert.ok(Math.abs(next - 0.999 * move) <= rounding, `${buffer} moves by ${move}, then by ${next}`)
    }
  }
})
