import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { bundleNames } from '../../src/bundle/bundle-graph.ts'
import { heatColour, heatPixels } from '../../src/bundle/heat-colour.ts'
import { heatMapGraph, heatNames } from '../../src/bundle/heat-graph.ts'
import { heatMapModel, heatMaps, openExplainer } from '../../src/bundle/heat-maps.ts'
import { heatOverlay, stretchedHeat } from '../../src/bundle/heat-picture.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import type { BundleParts } from '../../src/bundle/parts.ts'
import { openSession } from '../../src/graph/session.ts'
import { numbersOf, tensor, tensorOf } from '../../src/graph/tensor.ts'
import { subgraph } from '../../src/graph/transforms.ts'
import type { Graph } from '../../src/graph/types.ts'
import { headNames } from '../../src/model/head.ts'
import { noisyImage, smoothImage } from '../pipeline/pictures.ts'
import { realParts, tinyParts } from './made.ts'

/** Float32 sums in another order. */
const tolerance = 1e-4
const size = 96
const preprocessing = { size, fit: 'squash', background: [255, 255, 255] } as const
const images = [noisyImage(size, size), smoothImage(size, size)]
const pixels = Buffer.concat(images.map(({ data }) => data))

const parts = (head: BundleParts['head'], classNames: readonly string[]): BundleParts =>
  tinyParts({ preprocessing, head, classNames, temperature: 1.7 })
const softmax = parts({ pooling: 'average', activation: 'softmax', classes: 3 }, ['ant', 'bee', 'cactus'])

/** What the pooling of a bundle's graph reads. */
function featuresOf(graph: Graph): string {
  return graph.nodes.find(({ op }) => op.startsWith('Global'))!.inputs[0]!
}

/** The activations that the pooling reads, [N, C, h, w]. */
async function activations(graph: Graph): Promise<{ shape: readonly number[]; data: readonly number[] }> {
  const features = featuresOf(graph)
  const session = await openSession(subgraph(graph, [bundleNames.input], [features]))
  const output = await session.run({ [bundleNames.input]: tensor('uint8', [2, size, size, 3], pixels) })
  await session.close()
  return { shape: output[features]!.shape, data: [...numbersOf(output[features]!)] }
}

/** ReLU of the weighted sum over channels, divided by its maximum, in float64. */
function weighted(
  { shape, data }: { shape: readonly number[]; data: readonly number[] },
  row: number,
  weights: (channel: number) => number,
): number[] {
  const [, channels, height, width] = shape as [number, number, number, number]
  const plane = height * width
  const sums = Array.from({ length: plane }, (_, at) => {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += weights(c) * data[(row * channels + c) * plane + at]!
    return Math.max(0, sum)
  })
  const most = Math.max(...sums)
  return sums.map(sum => (most > 0 ? sum / most : 0))
}

function assertClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length)
  for (const [at, value] of expected.entries())
    assert.ok(Math.abs(actual[at]! - value) <= tolerance, `${at}: ${actual[at]}, not ${value}`)
}

test('the heat map of an average-pooling head is the class-activation map of Zhou et al. up to scale', async () => {
  const bundle = loadBundle(buildBundle(softmax))
  const kernel = numbersOf(softmax.weights.get(headNames.kernel)!)
  const explainer = await openExplainer(bundle)
  const maps = await activations(bundle.graph)
  for (const asked of [0, 1, 2]) {
    const explained = await explainer.run(pixels, [asked, asked])
    for (const [row, { heat }] of explained.entries()) {
      assert.deepEqual([heat.rows, heat.columns], [3, 3])
      assertClose(
        heat.values,
        weighted(maps, row, channel => kernel[channel * 3 + asked]!),
      )
    }
  }
  await explainer.close()
})

test('a sigmoid head explains its second class by its logit and its first by the opposite', async () => {
  const two = parts({ pooling: 'average', activation: 'sigmoid', classes: 2 }, ['ant', 'bee'])
  const bundle = loadBundle(buildBundle(two))
  const kernel = numbersOf(two.weights.get(headNames.kernel)!)
  const explainer = await openExplainer(bundle)
  const maps = await activations(bundle.graph)
  for (const [asked, sign] of [-1, 1].entries()) {
    const explained = await explainer.run(pixels, [asked, asked])
    for (const [row, { heat }] of explained.entries())
      assertClose(
        heat.values,
        weighted(maps, row, channel => sign * kernel[channel]!),
      )
  }
  await explainer.close()
})

test('the weights of a max-pooling head are mean gradients, as central differences of the logit give them', async () => {
  const max = parts({ pooling: 'max', activation: 'softmax', classes: 3 }, ['ant', 'bee', 'cactus'])
  const bundle = loadBundle(buildBundle(max))
  const maps = await activations(bundle.graph)
  const [, channels, height, width] = maps.shape as [number, number, number, number]
  const head = await openSession(subgraph(bundle.graph, [featuresOf(bundle.graph)], ['calibrated']))
  const logit = async (data: readonly number[]): Promise<number> => {
    const features = tensorOf('float32', [1, channels, height, width], data)
    return numbersOf((await head.run({ [featuresOf(bundle.graph)]: features }))['calibrated']!)[1]!
  }
  const plane = height * width
  const own = maps.data.slice(0, channels * plane)
  const step = 1e-2
  // A shift of a whole channel moves its maximum by as much: the sum of the gradients over the plane.
  const shifted = (channel: number, by: number): number[] =>
    own.map((value, at) => (Math.floor(at / plane) === channel ? value + by : value))
  const slopes: number[] = []
  for (let c = 0; c < channels; c++)
    slopes.push(((await logit(shifted(c, step))) - (await logit(shifted(c, -step)))) / (2 * step))
  const explainer = await openExplainer(bundle)
  const [first] = await explainer.run(images[0]!.data, [1])
  const expected = weighted(maps, 0, channel => slopes[channel]!)
  for (const [at, value] of expected.entries())
    assert.ok(Math.abs(first!.heat.values[at]! - value) < 5e-3, `${at}: ${first!.heat.values[at]}, ${value}`)
  await Promise.all([head.close(), explainer.close()])
})

test('the probabilities beside a heat map are the bits of the bundle’s own, and a row of zeros asks about the best', async () => {
  const bytes = buildBundle(softmax)
  const { graph } = loadBundle(bytes)
  const feed = tensor('uint8', [2, size, size, 3], pixels)
  const [plain, both] = await Promise.all([openSession(graph), openSession(heatMapModel(bytes))])
  const alone = (await plain.run({ [bundleNames.input]: feed }))[bundleNames.output]!
  const choice = tensorOf('float32', [2, 3], new Float32Array(6))
  const together = await both.run({ [bundleNames.input]: feed, [heatNames.choice]: choice })
  assert.deepEqual(together[bundleNames.output]!.data, alone.data)
  const best = [0, 1].map(row => {
    const some = numbersOf(alone).slice(row * 3, row * 3 + 3)
    return some.indexOf(Math.max(...some))
  })
  const named = await heatMaps(bytes, images, { classes: best })
  const open = await heatMaps(bytes, images)
  assert.deepEqual(open, named)
  await Promise.all([plain.close(), both.close()])
})

test('Explainer.run() refuses a class that is none, heatMapGraph() a graph without pooling', async () => {
  const bundle = loadBundle(buildBundle(softmax))
  const explainer = await openExplainer(bundle)
  await assert.rejects(explainer.run(pixels, [3]), RangeError)
  await assert.rejects(explainer.run(pixels, [0.5]), RangeError)
  assert.deepEqual(await explainer.run(new Uint8Array(0)), [])
  await explainer.close()
  const head = subgraph(bundle.graph, ['calibrated'], [bundleNames.output])
  assert.throws(() => heatMapGraph(head), RangeError)
  await assert.rejects(openExplainer({ ...bundle, graph: head }), { name: 'UserError', code: 'model' })
})

test('heatMaps() reads photographs; at 224 pixels the real backbone has 7 x 7 parts', async context => {
  const real = await realParts(context, 224)
  const photograph = '../shared/data/hymenoptera/val/bees/1032546534_06907fe3b3.jpg'
  if (real === undefined) return
  if (!existsSync(photograph)) return context.skip(`no ${photograph}`)
  const [explained] = await heatMaps(buildBundle(real), [photograph])
  assert.equal(explained!.heat.rows * explained!.heat.columns, 49)
  assert.equal(Math.max(...Array.from(explained!.heat.values)), 1)
})

test('heatColour() is clear where it is cold, and rises in lightness with the heat', () => {
  assert.equal(heatColour(0)[3], 0)
  assert.deepEqual(heatColour(2), heatColour(1))
  const lightness = Array.from({ length: 11 }, (_, step) => {
    const [red, green, blue] = heatColour(step / 10)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  })
  assert.deepEqual(
    lightness,
    lightness.toSorted((a, b) => a - b),
  )
})

test('stretchedHeat() keeps what it is given and lies between its neighbours, heatOverlay() leaves cold places', () => {
  const heat = { rows: 2, columns: 2, values: [0, 1, 0, 0] }
  assert.deepEqual([...(stretchedHeat(heat, 2, 2).values as Float32Array)], [0, 1, 0, 0])
  assert.deepEqual([...(stretchedHeat(heat, 2, 4).values as Float32Array)], [0, 0.25, 0.75, 1, 0, 0, 0, 0])
  const image = noisyImage(8, 8)
  const cold = { rows: 1, columns: 1, values: [0] }
  assert.deepEqual(heatOverlay(image, cold), image)
  assert.equal(heatPixels(heat).length, 16)
  const half = heatOverlay(image, heat)
  assert.deepEqual(half.data.slice(7 * 8 * 3), image.data.slice(7 * 8 * 3))
  assert.notDeepEqual(half.data.slice(0, 8 * 3), image.data.slice(0, 8 * 3))
})
