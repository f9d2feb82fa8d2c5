/** The pixels inside the graph are the pipeline's, bit for bit. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { addFit, addScale, type Layout } from '../../src/bundle/fit-graph.ts'
import { graphBuilder } from '../../src/graph/builder.ts'
import { openSession, type Session } from '../../src/graph/session.ts'
import { tensor } from '../../src/graph/tensor.ts'
import { fitImage } from '../../src/pipeline/fit.ts'
import { toTensor } from '../../src/pipeline/tensor.ts'
import type { Image, Preprocessing } from '../../src/pipeline/types.ts'
import { noisyImage } from '../pipeline/pictures.ts'

const sessions = new Map<string, Promise<Session>>()

after(async () => {
  for (const session of sessions.values()) await (await session).close()
})

/** The fit alone, as a session; opened once for each preprocessing. */
function sessionOf(preprocessing: Preprocessing, layout: Layout): Promise<Session> {
  const key = JSON.stringify([preprocessing, layout])
  const kept = sessions.get(key)
  if (kept) return kept
  const g = graphBuilder('fit')
  const image = g.input('image', 'uint8', layout === 'NHWC' ? ['N', 'H', 'W', 3] : ['N', 3, 'H', 'W'])
  const levels = addFit(g, image, preprocessing, layout)
  const session = openSession(g.build([levels, addScale(g, levels, layout)]))
  sessions.set(key, session)
  return session
}

/** What the graph makes of pictures of one size: whole numbers [N, size, size, 3], and scaled [N, 3, size, size]. */
async function inGraph(
  images: readonly Image[],
  preprocessing: Preprocessing,
): Promise<{ levels: Float32Array; scaled: Float32Array }> {
  const { width, height } = images[0]!
  const pixels = Uint8Array.from(images.flatMap(({ data }) => Array.from(data)))
  const session = await sessionOf(preprocessing, 'NHWC')
  const results = await session.run({ image: tensor('uint8', [images.length, height, width, 3], pixels) })
  const [levels, scaled] = session.outputNames.map(name => results[name]!.data as Float32Array)
  return { levels: levels!, scaled: scaled! }
}

/** [H, W, 3] -> [3, H, W] */
function planesOf({ width, height, data }: Image): Uint8Array {
  const plane = width * height
  return Uint8Array.from(data, (_, at) => data[(at % plane) * 3 + Math.floor(at / plane)]!)
}

/** Both layouts give the pipeline's numbers. */
async function assertSamePixels(image: Image, preprocessing: Preprocessing): Promise<void> {
  const { data } = fitImage(image, preprocessing)
  const expected = toTensor(data, preprocessing.size)
  const { levels, scaled } = await inGraph([image], preprocessing)
  assert.deepEqual(Uint8Array.from(levels), data)
  assert.deepEqual(scaled, expected)
  const session = await sessionOf(preprocessing, 'NCHW')
  const planes = tensor('uint8', [1, 3, image.height, image.width], planesOf(image))
  const results = await session.run({ image: planes })
  assert.deepEqual(results[session.outputNames[1]!]!.data, expected)
}

const background = [10, 20, 30] as const
const fits = ['squash', 'pad', 'crop'] as const
const sides: readonly (readonly [width: number, height: number])[] = [
  [300, 201],
  [201, 300],
  [77, 50],
  [96, 96],
  [97, 96],
  [32, 32],
  [31, 32],
  [500, 1],
  [1, 500],
  [1, 1],
  [3, 7],
  [1000, 999],
]

for (const fit of fits)
  test(`addFit() ${fit} gives the pipeline's pixels for pictures of any size`, async () => {
    for (const [width, height] of sides)
      for (const size of [32, 96])
        await assertSamePixels(noisyImage(width, height), { size, fit, background })
  })

test('addFit() gives the pipeline’s pixels for any size, side and colour', async () => {
  const side = fc.integer({ min: 1, max: 150 })
  const preprocessing = fc.record({
    size: fc.constantFrom(1, 2, 33, 64),
    fit: fc.constantFrom(...fits),
    background: fc.constantFrom([0, 0, 0] as const, [255, 255, 255] as const, [1, 254, 128] as const),
  })
  await fc.assert(
    fc.asyncProperty(side, side, preprocessing, (width, height, chosen) =>
      assertSamePixels(noisyImage(width, height), chosen),
    ),
    { seed: 1, numRuns: 300 },
  )
})

for (const fit of fits)
  test(`addFit() ${fit} treats the pictures of a batch alike`, async () => {
    const preprocessing = { size: 32, fit, background }
    const images = [noisyImage(40, 30), { ...noisyImage(40, 30), data: noisyImage(80, 30).data.slice(3600) }]
    const { levels } = await inGraph(images, preprocessing)
    const expected = images.flatMap(image => Array.from(fitImage(image, preprocessing).data))
    assert.deepEqual(Array.from(levels), expected)
  })

for (const fit of fits)
  test(`addFit() ${fit} leaves a square of the wanted size as it is`, async () => {
    const square = noisyImage(32, 32)
    const { levels } = await inGraph([square], { size: 32, fit, background })
    assert.deepEqual(Uint8Array.from(levels), square.data)
  })

test('addScale() has the bits of the pipeline for every level', async () => {
  const levels = { width: 16, height: 16, data: Uint8Array.from({ length: 768 }, (_, at) => at / 3) }
  await assertSamePixels(levels, { size: 16, fit: 'squash', background })
})
