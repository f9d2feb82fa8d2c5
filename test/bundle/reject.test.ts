/** Bundles that refuse what they do not know. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { type Answer, load } from '../../src/bundle/classifier.ts'
import type { Familiar } from '../../src/bundle/familiar.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { openSession } from '../../src/graph/session.ts'
import { tensor } from '../../src/graph/tensor.ts'
import { prune } from '../../src/graph/transforms.ts'
import { headNames } from '../../src/model/head.ts'
import type { Image } from '../../src/pipeline/types.ts'
import { randomOf } from '../../src/util/random.ts'
import { tinyParts } from './made.ts'

const size = 32
const channels = 1280

function picture(seed: number): Image {
  const random = randomOf(seed, 'picture')
  return {
    width: size,
    height: size,
    data: Uint8Array.from({ length: size * size * 3 }, () => random.integer(256)),
  }
}

/** A space of two axes about a random mean. */
function made(unit: number, activity = 1e-6): Familiar {
  const random = randomOf(9, 'familiar')
  const basis = new Float32Array(channels * 2)
  basis[0] = 1 // the first channel, and the second, are free
  basis[3] = 1
  const mean = Float32Array.from({ length: channels }, () => random.next())
  return { mean, basis, activity, unit, facts: { limit: 1, kept: 0.95, examples: 40, source: 'validation' } }
}

/** The formula in float64, from features that the bundle's own network gives. */
async function expectedDistance(image: Image): Promise<number> {
  const { mean } = made(1)
  const squares = (await featuresOf(image)).map((value, c) => (Math.sqrt(value) - mean[c]!) ** 2)
  return Math.sqrt(squares.slice(2).reduce((sum, square) => sum + square, 0))
}

async function featuresOf(image: Image): Promise<number[]> {
  const { graph } = loadBundle(buildBundle(tinyParts()))
  const session = await openSession(prune({ ...graph, outputs: [graph.values.get(headNames.pooled)!] }))
  const pixels = tensor('uint8', [1, size, size, 3], image.data)
  const { [headNames.pooled]: pooled } = await session.run({ image: pixels })
  await session.close()
  return Array.from(pooled!.data as Float32Array)
}

test('a bundle gives the distance from its familiar space, in units, and the same probabilities as without', async () => {
  const image = picture(1)
  const distance = await expectedDistance(image)
  const [plain, refusing] = await Promise.all([
    load(buildBundle(tinyParts())),
    load(buildBundle(tinyParts({ familiar: made(distance / 2) }))),
  ])
  const input = { ...image, channels: 3 } as const
  const answers: Answer[] = []
  for (const classifier of [plain, refusing])
    for await (const answer of classifier.classifyAll([input], { top: 3 })) answers.push(answer)
  const [without, refused] = answers as [Answer & { error: null }, Answer & { error: null }]
  assert.deepEqual([without.unknown, without.unfamiliarity], [false, null])
  assert.equal(refused.unknown, true)
  // float32 sums of 1280 squares
  assert.ok(Math.abs(refused.unfamiliarity! - 2) < 1e-4)
  assert.deepEqual(
    refused.predictions,
    without.predictions.map(prediction => ({ ...prediction, unknown: true })),
  )
  assert.deepEqual(refusing.reject, made(1).facts)
  assert.equal(plain.reject, null)
  await Promise.all([plain.close(), refusing.close()])
})

test('a bundle measures the distance of a quiet picture by the length of its features', async () => {
  const image = picture(1)
  const [distance, features] = [await expectedDistance(image), await featuresOf(image)]
  const active = features.reduce((sum, value) => sum + value, 0)
  const classifier = await load(buildBundle(tinyParts({ familiar: made(distance, 4 * active) })))
  for await (const answer of classifier.classifyAll([{ ...image, channels: 3 }])) {
    assert.equal(answer.error, null)
    assert.ok(Math.abs((answer.unfamiliarity ?? 0) - 2) < 1e-4, String(answer.unfamiliarity))
  }
  await classifier.close()
})

test('classify() marks unknown pictures, unless it is told not to, and none within the limit', async () => {
  const input = { ...picture(1), channels: 3 } as const
  const distance = await expectedDistance(picture(1))
  for (const [unit, isUnknown] of [
    [distance / 1.01, true],
    [distance * 1.01, false],
  ] as const) {
    const classifier = await load(buildBundle(tinyParts({ familiar: made(unit) })))
    const [best] = await classifier.classify(input)
    assert.equal(best!.unknown ?? false, isUnknown)
    const [told] = await classifier.classify(input, { reject: false })
    assert.equal('unknown' in told!, false)
    await classifier.close()
  }
})
