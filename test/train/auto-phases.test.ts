/** How deep `auto` fine-tunes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { embeddedBackbone } from '../../src/model/embedded/backbone.ts'
import { mobilenetV2 } from '../../src/model/mobilenet-v2.ts'
import { planFor } from '../../src/train/recipes.ts'

const { layers } = mobilenetV2({ alpha: 0.35, size: 96 })

/** The name of the first layer that is fine-tuned. */
function deepest(weights: string, trainExamples: number): string {
  const facts = { classes: 3, trainExamples, weights, alpha: 0.35, size: 96, threads: 1, layers }
  const { fromLayer } = planFor({}, facts).phases[1]!
  return layers[fromLayer!]!.name
}

test('auto fine-tunes the embedded backbone deeper than weights that know more, while the set is small', () => {
  assert.equal(deepest(embeddedBackbone().path, 500), 'block_3_expand')
  assert.equal(deepest('imagenet.h5', 500), 'block_12_add')
  assert.equal(deepest(embeddedBackbone().path, 5000), deepest('imagenet.h5', 5000))
})
