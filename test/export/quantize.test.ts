/** Bundles in whole numbers: complete, honest about themselves, and refused when they are bad. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, type TestContext, test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { openClassifier } from '../../src/bundle/classifier.ts'
import { openEngine } from '../../src/bundle/engine.ts'
import type { Familiar } from '../../src/bundle/familiar.ts'
import { heatMapGraph } from '../../src/bundle/heat-graph.ts'
import { type Bundle, loadBundle } from '../../src/bundle/load-bundle.ts'
import { transformersFiles } from '../../src/bundle/transformers.ts'
import type { Source } from '../../src/dataset/types.ts'
import { quantizeBundle } from '../../src/export/quantize.ts'
import type { LabelledSource, Quantized } from '../../src/export/quantized.ts'
import { openSession } from '../../src/graph/session.ts'
import { tensor } from '../../src/graph/tensor.ts'
import { headNames } from '../../src/model/head.ts'
import type { Image } from '../../src/pipeline/types.ts'
import { tinyParts } from '../bundle/made.ts'
import { encode, noisyImage, smoothImage, temporaryFolder } from '../pipeline/pictures.ts'

/** Steps of 1/255 in every value, and weights of 7 bits, over seventeen blocks. */
const int8Rounding = 0.05

/** Square roots of features make steps near 0 larger. */
const unfamiliarityRounding = 0.1

/** Pictures that differ: noise and gradients, over many brightnesses. */
const pictures: readonly Image[] = Array.from({ length: 12 }, (_, number) => {
  const { width, height, data } = number % 2 ? noisyImage(32, 32) : smoothImage(32, 32)
  return { width, height, data: data.map(level => (level * (number + 1)) / 12) }
})

async function filesOf(context: TestContext, images: readonly Image[]): Promise<Source[]> {
  const folder = temporaryFolder(context)
  return Promise.all(
    images.map(async (image, number): Promise<Source> => {
      const path = join(folder, `${number}.png`)
      writeFileSync(path, await encode(image).png().toBuffer())
      return { type: 'file', path }
    }),
  )
}

/** The sources with the bundle's own answers as their labels. */
async function answered(bundle: Bundle, sources: readonly Source[]): Promise<LabelledSource[]> {
  const classifier = await openClassifier(bundle)
  const labelled: LabelledSource[] = []
  for await (const { index, probabilities } of classifier.predict(sources))
    if (probabilities)
      labelled.push({
        source: sources[index]!,
        label: probabilities.indexOf(Math.max(...probabilities)),
      })
  await classifier.close()
  return labelled
}

async function quantized(context: TestContext, bundle: Bundle): Promise<Quantized> {
  const sources = await filesOf(context, pictures)
  const validation = await answered(bundle, sources)
  return quantizeBundle(bundle, { calibration: sources, validation, maxLoss: 100 })
}

async function answersOf(bundle: Bundle): Promise<Float32Array[]> {
  const classifier = await openClassifier(bundle)
  const rows = await classifier.probabilities(pictures)
  await classifier.close()
  return rows
}

let tiny: Bundle
before(() => {
  tiny = loadBundle(buildBundle(tinyParts()))
})

/** A network that gives the pictures several answers: each class has the same mean logit over them. */
async function undecided(): Promise<Bundle> {
  const parts = tinyParts()
  const rows = await answersOf(tiny)
  const bias = parts.weights.get(headNames.bias)!
  const data = (bias.data as Float32Array).map(
    (value, k) => value - rows.reduce((sum, row) => sum + Math.log(row[k]!) / rows.length, 0),
  )
  const weights = new Map([...parts.weights, [headNames.bias, { ...bias, data }] as const])
  return loadBundle(buildBundle({ ...parts, weights }))
}

const heads = {
  'softmax behind average pooling': {},
  'sigmoid behind max pooling': {
    head: { pooling: 'max', activation: 'sigmoid', classes: 2 },
    classNames: ['ant', 'bee'],
  },
  'pictures between bars': {
    preprocessing: { size: 32, fit: 'pad', background: [10, 200, 30] },
  },
} as const

for (const [what, changes] of Object.entries(heads))
  test(`quantizeBundle() answers as the bundle did: ${what}`, async context => {
    const bundle = loadBundle(buildBundle(tinyParts(changes)))
    const { bundle: int8 } = await quantized(context, bundle)
    const [wanted, found] = [await answersOf(bundle), await answersOf(int8)]
    for (const [at, row] of wanted.entries())
      for (const [k, probability] of row.entries())
        assert.ok(Math.abs(probability - found[at]![k]!) < int8Rounding, `picture ${at}, class ${k}`)
  })

test('quantizeBundle() gives a sealed bundle that says what it is, and counts the pictures', async context => {
  const { bytes, calibrated, before: float, after } = await quantized(context, tiny)
  const { facts } = loadBundle(bytes)
  assert.equal(calibrated, pictures.length)
  assert.deepEqual(facts.quantization, {
    weights: 'int8',
    activations: 'uint8',
    calibrated: pictures.length,
    accuracyBefore: float.accuracy,
    accuracyAfter: after.accuracy,
  })
  assert.equal(float.accuracy, 1)
  assert.equal(facts.card.figures.validation?.accuracy, after.accuracy)
  assert.equal(facts.card.figures.validation?.examples, pictures.length)
  assert.deepEqual(facts.classNames, tiny.facts.classNames)
})

test('quantizeBundle() gives the same bytes for the same pictures', async context => {
  const [one, two] = [await quantized(context, tiny), await quantized(context, tiny)]
  assert.ok(Buffer.from(one.bytes).equals(two.bytes))
})

test('quantizeBundle() leaves a network that heat maps and transformers.js can be made of', async context => {
  const { bundle } = await quantized(context, tiny)
  assert.ok(heatMapGraph(bundle.graph).outputs.length === 2)
  const session = await openSession(transformersFiles(bundle).get('onnx/model.onnx') as Uint8Array)
  const [row] = await answersOf(bundle)
  const { width, height, data } = pictures[0]!
  const plane = width * height
  const values = Float32Array.from(data, (_, at) => data[(at % plane) * 3 + Math.floor(at / plane)]!)
  const { logits } = await session.run({ pixel_values: tensor('float32', [1, 3, height, width], values) })
  await session.close()
  const odds = Array.from(logits!.data as Float32Array, Math.exp)
  const sum = odds.reduce((a, b) => a + b)
  for (const [k, odd] of odds.entries()) assert.ok(Math.abs(odd / sum - row![k]!) < 1e-5)
})

/** A space along the first so many of the network's 1,280 features. */
function familiarAlong(dimensions: number, facts: Familiar['facts']): Familiar {
  const basis = new Float32Array(1280 * dimensions)
  for (let axis = 0; axis < dimensions; axis++) basis[axis * dimensions + axis] = 1
  return { mean: new Float32Array(1280).fill(0.1), basis, activity: 1, unit: 3, facts }
}

test('quantizeBundle() keeps what is familiar, and moves the limit as the pictures moved where they are few', async context => {
  const facts = { limit: 1.5, kept: 0.99, examples: 10, source: 'validation' } as const
  const familiar = familiarAlong(4, facts)
  const bundle = loadBundle(buildBundle(tinyParts({ familiar })))
  const { bundle: int8 } = await quantized(context, bundle)
  assert.deepEqual(
    int8.graph.outputs.map(({ name }) => name),
    ['probabilities', 'unfamiliarity'],
  )
  const [float, whole] = await Promise.all(
    [bundle, int8].map(async one => {
      const engine = await openEngine(one)
      const pixels = Uint8Array.from(pictures.flatMap(({ data }) => [...data]))
      const judgements = await engine.run(pixels, 4)
      await engine.close()
      return judgements.map(({ unfamiliarity }) => unfamiliarity!)
    }),
  )
  const moved = int8.facts.reject!.limit / facts.limit
  assert.ok(Math.abs(moved - 1) < int8Rounding, `${moved}`)
  for (const [at, value] of float!.entries())
    assert.ok(
      Math.abs(whole![at]! / value / moved - 1) < unfamiliarityRounding,
      `picture ${at}: ${value}, now ${whole![at]}, limit times ${moved}`,
    )
})

test('quantizeBundle() takes the limit of what is familiar from its own answers to validation pictures', async context => {
  const facts = { limit: 1.5, kept: 0.9, examples: 10, source: 'training' } as const
  const familiar = familiarAlong(1, facts)
  const { bundle: int8 } = await quantized(context, loadBundle(buildBundle(tinyParts({ familiar }))))
  const engine = await openEngine(int8)
  const judgements = await engine.run(Uint8Array.from(pictures.flatMap(({ data }) => [...data])), 4)
  await engine.close()
  // Of twelve scores, the one of rank ceil(13 * 0.9) keeps nine tenths: the largest.
  const largest = Math.max(...judgements.map(({ unfamiliarity }) => unfamiliarity!))
  const { limit, examples, source } = int8.facts.reject!
  assert.deepEqual([examples, source], [12, 'validation'])
  assert.ok(Math.abs(limit / largest - 1) < 1e-3, `${limit} is not ${largest}`)
})

test('quantizeBundle() refuses a loss that is not borne, and says how large it is', async context => {
  const bundle = await undecided()
  const validation = await answered(bundle, await filesOf(context, pictures))
  // Whole numbers whose scales are from black alone cannot tell the pictures apart.
  const calibration = await filesOf(context, [{ width: 32, height: 32, data: new Uint8Array(3072) }])
  assert.ok(new Set(validation.map(({ label }) => label)).size > 1, 'the pictures have several answers')
  await assert.rejects(quantizeBundle(bundle, { calibration, validation }), {
    name: 'UserError',
    code: 'model',
    message:
      /^Quantising "the model" loses \d+\.\d\d points of accuracy, more than 0\.5: 100% before and [\d.]+% after, on 12 validation images$/,
    hint: /--max-loss \d/,
  })
})

test('quantizeBundle() refuses a bundle in whole numbers', async context => {
  const { bundle } = await quantized(context, tiny)
  await assert.rejects(quantizeBundle(bundle, { calibration: [], validation: [] }), {
    message: 'Cannot quantise "the model": it is in whole numbers already',
  })
})

test('quantizeBundle() refuses to work without pictures, and counts those that it cannot read', async context => {
  const path = join(temporaryFolder(context), 'text')
  writeFileSync(path, 'no picture')
  const calibration: Source[] = [{ type: 'file', path }]
  await assert.rejects(quantizeBundle(tiny, { calibration: [], validation: [] }), {
    message: 'Cannot quantise "the model" without training images: there is none',
  })
  await assert.rejects(quantizeBundle(tiny, { calibration, validation: [] }), {
    message: 'Cannot quantise "the model" without training images: none of 1 file can be read',
  })
  const readable = await filesOf(context, pictures.slice(0, 1))
  await assert.rejects(quantizeBundle(tiny, { calibration: readable, validation: [] }), {
    message: 'Cannot quantise "the model" without validation images: there is none',
  })
})

test('quantizeBundle() refuses a loss below 0, and stops when it is told to', async context => {
  const calibration = await filesOf(context, pictures)
  const options = { calibration, validation: [] }
  await assert.rejects(quantizeBundle(tiny, { ...options, maxLoss: -1 }), { name: 'RangeError' })
  const reason = new Error('enough')
  await assert.rejects(quantizeBundle(tiny, { ...options, signal: AbortSignal.abort(reason) }), reason)
})
