import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { load } from '../../src/bundle/classifier.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { reviseBundle } from '../../src/bundle/revise.ts'
import { temper } from '../../src/evaluate/temperature.ts'
import { noisyImage } from '../pipeline/pictures.ts'
import { tinyParts } from './made.ts'

const bytes = buildBundle(tinyParts())
const figures = {
  validation: { examples: 7, accuracy: 0.5, loss: 1, macroF1: 0.5, rocAuc: null },
  test: { examples: 3, accuracy: 1, loss: 0.1, macroF1: 1, rocAuc: null },
}

test('reviseBundle() changes temperature and figures, and nothing else', () => {
  const { facts } = loadBundle(bytes)
  const revised = loadBundle(reviseBundle(bytes, { temperature: 2, figures }))
  assert.deepEqual(revised.facts, { ...facts, temperature: 2, card: { ...facts.card, figures } })
  const same = { temperature: facts.temperature, figures: facts.card.figures }
  assert.deepEqual(reviseBundle(bytes, same), bytes)
})

test('reviseBundle() divides the logits: the answers are those of the first bundle, tempered', async () => {
  const [first, second] = [await load(bytes), await load(reviseBundle(bytes, { temperature: 2.5, figures }))]
  const [before] = await first.probabilities([noisyImage(40, 40)])
  const [after] = await second.probabilities([noisyImage(40, 40)])
  temper(before!, 3, 2.5).forEach((expected, k) => {
    assert.ok(Math.abs(after![k]! - expected) < 1e-6)
  })
  await Promise.all([first.close(), second.close()])
})

test('reviseBundle() refuses a temperature of 0', () => {
  assert.throws(() => reviseBundle(bytes, { temperature: 0, figures }), RangeError)
})
