/** How deep `auto` fine-tunes, and what it averages. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { embeddedBackbone } from '../../src/model/embedded/backbone.ts'
import { mobilenetV2 } from '../../src/model/mobilenet-v2.ts'
import { planFor } from '../../src/train/recipes.ts'
import type { Phase } from '../../src/train/types.ts'

const { layers } = mobilenetV2({ alpha: 0.35, size: 96 })

function fineTuning(weights: string, trainExamples: number): Phase {
  const facts = { classes: 3, trainExamples, weights, alpha: 0.35, size: 96, threads: 1, layers }
  return planFor({}, facts).phases[1]!
}

/** The name of the first layer that is fine-tuned. */
function deepest(weights: string, trainExamples: number): string {
  return layers[fineTuning(weights, trainExamples).fromLayer!]!.name
}

test('auto fine-tunes the embedded backbone deeper than weights that know more, while the set is small', () => {
  assert.equal(deepest(embeddedBackbone().path, 500), 'block_3_expand')
  assert.equal(deepest('imagenet.h5', 500), 'block_12_add')
  assert.equal(deepest(embeddedBackbone().path, 5000), deepest('imagenet.h5', 5000))
})

test('auto averages weights where there is much to validate by', () => {
  assert.equal(fineTuning('imagenet.h5', 8000).averaging, 0.4)
  assert.equal(fineTuning('imagenet.h5', 7999).averaging, undefined)
})
