/** The bundle of the real backbone on real photographs, which not every machine has. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { openClassifier } from '../../src/bundle/classifier.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { openSession } from '../../src/graph/session.ts'
import { tensor } from '../../src/graph/tensor.ts'
import { decodeImage } from '../../src/pipeline/decode.ts'
import { data, needs } from '../pipeline/pictures.ts'
import { realParts } from './made.ts'

const folder = join(data, 'hymenoptera/val/ants')
const count = 12

test('classify(), classifyAll() and the bundle’s own graph agree on photographs', async context => {
  if (!needs(context, folder)) return
  const parts = await realParts(context, 96)
  if (!parts) return
  const bundle = loadBundle(buildBundle(parts))
  const [classifier, session] = await Promise.all([openClassifier(bundle), openSession(bundle.graph)])
  const files = readdirSync(folder)
    .sort()
    .slice(0, count)
    .map(name => join(folder, name))
  const answers = classifier.classifyAll(files)
  for (const file of files) {
    const image = await decodeImage(readFileSync(file), { name: file })
    const pixels = tensor('uint8', [1, image.height, image.width, 3], image.data)
    const { probabilities } = await session.run({ image: pixels })
    const [inPipeline] = await classifier.probabilities([image])
    assert.deepEqual(inPipeline, probabilities!.data)
    const one = await classifier.classify(file)
    const { value } = await answers.next()
    assert.deepEqual(
      value!.predictions!.map(({ label }) => label),
      one.map(({ label }) => label),
    )
    for (const [at, { score }] of one.entries())
      assert.ok(Math.abs(score - value!.predictions![at]!.score) < 1e-6, file)
  }
  await Promise.all([classifier.close(), session.close()])
})
