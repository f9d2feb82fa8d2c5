import assert from 'node:assert/strict'
import { openAsBlob, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { buildBundle } from '../../src/bundle/build.ts'
import { type Answer, type Classifier, load } from '../../src/bundle/classifier.ts'
import type { ClassifierInput } from '../../src/bundle/inputs.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import type { Outcome } from '../../src/bundle/predict.ts'
import { openSession } from '../../src/graph/session.ts'
import { tensor } from '../../src/graph/tensor.ts'
import type { Image } from '../../src/pipeline/types.ts'
import { noisyImage, smoothImage, temporaryFolder } from '../pipeline/pictures.ts'
import { card, tinyParts } from './made.ts'

const preprocessing = { size: 32, fit: 'pad', background: [10, 200, 30] } as const
const bytes = buildBundle(tinyParts({ preprocessing }))
const classifier = await load(bytes)
after(() => classifier.close())

/** The network on a batch may round otherwise than on one picture; both are float32. */
const tolerance = 1e-6

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length)
  for (let k = 0; k < actual.length; k++)
    assert.ok(Math.abs(actual[k]! - expected[k]!) <= tolerance, `${k}: ${actual[k]}, not ${expected[k]}`)
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

const pngOf = ({ width, height, data }: Image): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()

/** Probabilities by name, which do not depend on their order. */
const byLabel = (predictions: readonly { label: string; score: number }[]): number[] =>
  classifier.classNames.map(name => predictions.find(({ label }) => label === name)!.score)

test('load() tells what the bundle says', () => {
  assert.deepEqual(classifier.classNames, ['ant', 'bee', 'cactus'])
  assert.deepEqual(classifier.preprocessing, preprocessing)
  assert.deepEqual(classifier.card, card)
})

test('classify() has the bits of the bundle’s own graph on raw pixels of any size', async () => {
  const session = await openSession(loadBundle(bytes).graph)
  const answers: number[][] = []
  for (const image of [noisyImage(50, 40), smoothImage(33, 90), noisyImage(1, 7), smoothImage(32, 32)]) {
    const { width, height, data } = image
    const { probabilities } = await session.run({ image: tensor('uint8', [1, height, width, 3], data) })
    answers.push(byLabel(await classifier.classify(image)))
    assert.deepEqual(answers.at(-1), Array.from(probabilities!.data as Float32Array))
  }
  await session.close()
  assert.ok(new Set(answers.map(String)).size === answers.length, 'the network tells pictures apart')
})

test('classify() gives labels and scores, the best first', async () => {
  const all = await classifier.classify(noisyImage(50, 40))
  assert.deepEqual(new Set(all.map(({ label }) => label)), new Set(classifier.classNames))
  assert.ok(all[0]!.score >= all[1]!.score && all[1]!.score >= all[2]!.score)
  assertClose([all.reduce((sum, { score }) => sum + score, 0)], [1])
  assert.deepEqual(await classifier.classify(noisyImage(50, 40), { top: 1 }), all.slice(0, 1))
  await assert.rejects(classifier.classify(noisyImage(50, 40), { top: 0 }), RangeError)
})

test('classify() answers the same for a path, a URL, bytes, a Blob and pixels', async context => {
  const image = smoothImage(60, 45)
  const file = join(temporaryFolder(context), 'it #1.png')
  writeFileSync(file, await pngOf(image))
  const { width, height, data } = image
  const rgba = new Uint8ClampedArray(width * height * 4).map((_, at) =>
    at % 4 === 3 ? 255 : data[(at >> 2) * 3 + (at % 4)]!,
  )
  const inputs: ClassifierInput[] = [
    file,
    pathToFileURL(file),
    pathToFileURL(file).href,
    readFileSync(file),
    new Uint8Array(readFileSync(file)),
    await openAsBlob(file),
    image,
    { ...image, channels: 3 },
    { width, height, data: rgba },
  ]
  const expected = await classifier.classify(image)
  for (const input of inputs) assert.deepEqual(await classifier.classify(input), expected)
})

test('classify() lays transparency over the background and takes gray', async () => {
  const gray = { width: 4, height: 4, data: new Uint8Array(16).fill(77), channels: 1 } as const
  const same = { width: 4, height: 4, data: new Uint8Array(48).fill(77) }
  assert.deepEqual(await classifier.classify(gray), await classifier.classify(same))
  const clear = { width: 4, height: 4, data: new Uint8Array(64) }
  const background = { width: 4, height: 4, data: new Uint8Array(48).map((_, at) => [10, 200, 30][at % 3]!) }
  assert.deepEqual(await classifier.classify(clear), await classifier.classify(background))
})

test('classify() fetches nothing', async () => {
  for (const input of [
    'https://example.org/a.png',
    new URL('http://localhost/a.png'),
    'data:image/png;base64,AA',
  ])
    await assert.rejects(classifier.classify(input), {
      name: 'UserError',
      code: 'image',
      message: /^Cannot read ".*": only files are read, nothing is fetched$/,
    })
})

test('classify() names what cannot be read', async () => {
  await assert.rejects(classifier.classify('absent.png'), {
    code: 'image',
    message: 'Cannot read "absent.png": there is no such file',
  })
  await assert.rejects(classifier.classify(Buffer.from('GIF89a')), {
    code: 'image',
    message: /^Cannot read "the given bytes" as an image: /,
  })
  await assert.rejects(classifier.classify(new Blob([])), { code: 'image' })
  const file = new File(['<html>'], 'page.png')
  await assert.rejects(classifier.classify(file), { code: 'image', message: /"page.png".* a web page/ })
})

test('classify() refuses what is no picture', async () => {
  const pixels = new Uint8Array(12)
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /^TypeError: Expected a path, .* Received: undefined$/],
    [null, /Received: null$/],
    [7, /Received: number$/],
    [{ width: 2, height: 2 }, /^TypeError/],
    [{ width: 2, height: 2, data: [1, 2, 3] }, /^TypeError: Expected pixels as Uint8Array/],
    [{ width: 2, height: 3, data: pixels }, /^RangeError: Expected 2 x 3 x 1, 3 or 4 numbers. Received: 12$/],
    [
      { width: 2, height: 2, data: pixels, channels: 4 },
      /^RangeError: Expected 2 x 2 x 4 numbers. Received: 12$/,
    ],
    [
      { width: 0, height: 2, data: pixels },
      /^RangeError: Expected sides of 1 pixel or more. Received: 0 x 2$/,
    ],
    [{ width: 2.5, height: 2, data: pixels }, /^RangeError/],
    [{ width: Number.NaN, height: 2, data: pixels }, /^RangeError/],
  ]
  for (const [input, message] of wrong)
    await assert.rejects(classifier.classify(input as ClassifierInput), message)
})

test('probabilities() of pictures of different sizes are those of one at a time', async () => {
  const images = [noisyImage(50, 40), smoothImage(33, 90), smoothImage(32, 32), noisyImage(5, 5)]
  const rows = await classifier.probabilities(images, { batch: 3 })
  assert.equal(rows.length, images.length)
  for (const [at, image] of images.entries())
    assertClose(rows[at]!, byLabel(await classifier.classify(image)))
  assert.deepEqual(await classifier.probabilities([]), [])
  await assert.rejects(classifier.probabilities(images, { batch: 0 }), RangeError)
  await assert.rejects(classifier.probabilities([{ ...noisyImage(5, 5), width: 6 }]), RangeError)
})

/** Files of different sizes; every fifth is none. */
async function madeFiles(folder: string, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, at) => join(folder, `${at}.png`))
  for (const [at, name] of names.entries())
    writeFileSync(name, at % 5 === 4 ? 'no picture' : await pngOf(smoothImage(20 + at, 40)))
  return names
}

function assertAnswers(answers: readonly Answer[], inputs: readonly ClassifierInput[]): void {
  assert.deepEqual(
    answers.map(({ index }) => index),
    [...inputs.keys()],
  )
  for (const { index, input } of answers) assert.equal(input, inputs[index])
}

test('classifyAll() answers in order, with an error for what cannot be read', async context => {
  const files = await madeFiles(temporaryFolder(context), 90)
  const answers = await collect(classifier.classifyAll(files, { batch: 7 }))
  assertAnswers(answers, files)
  for (const { index, predictions, error } of answers) {
    assert.equal(error !== null, index % 5 === 4)
    if (error) assert.match(error.message, new RegExp(`${index}\\.png" as an image: it holds text`))
    else assertClose(byLabel(predictions), byLabel(await classifier.classify(files[index]!)))
  }
})

test('classifyAll() takes inputs of all kinds, mixed, from any iterable', async context => {
  const files = await madeFiles(temporaryFolder(context), 4)
  const inputs: ClassifierInput[] = [
    ...files,
    noisyImage(9, 9),
    readFileSync(files[0]!),
    'https://example.org/a.png',
    ...files.map(file => pathToFileURL(file)),
    new Blob(['no picture']),
    smoothImage(70, 20),
  ]
  const answers = await collect(classifier.classifyAll(inputs.values(), { top: 1, batch: 2 }))
  assertAnswers(answers, inputs)
  const failed = answers.filter(({ error }) => error !== null)
  assert.deepEqual(
    failed.map(({ index }) => index),
    [6, 11],
  )
  for (const { predictions, input } of answers.filter(({ error }) => error === null))
    assertClose([predictions![0]!.score], [(await classifier.classify(input))[0]!.score])
})

test('classifyAll() of nothing is nothing', async () => {
  assert.deepEqual(await collect(classifier.classifyAll([])), [])
})

test('classifyAll() throws for what is no picture at all', async () => {
  await assert.rejects(collect(classifier.classifyAll([7 as never])), TypeError)
})

test('classifyAll() takes no more from its input than it works on', async () => {
  let taken = 0
  function* endless(): Generator<Image> {
    for (;;) {
      taken++
      yield noisyImage(8, 8)
    }
  }
  for await (const { index } of classifier.classifyAll(endless(), { batch: 4 })) if (index === 9) break
  assert.equal(taken, 13) // three batches, and a look at the next
})

test('classifyAll() stops when it is told to', async context => {
  const files = await madeFiles(temporaryFolder(context), 10)
  for (const inputs of [files, [noisyImage(8, 8), noisyImage(8, 8)]]) {
    const stop = new AbortController()
    const answers = classifier.classifyAll(inputs, { signal: stop.signal, batch: 1 })
    if (inputs !== files) await answers.next()
    stop.abort(new Error('enough'))
    await assert.rejects(collect(answers), /enough/)
  }
})

test('predict() gives the probabilities of sources in order, errors among them', async context => {
  const files = await madeFiles(temporaryFolder(context), 70)
  const sources = files.map(path => ({ type: 'file', path }) as const)
  const outcomes: Outcome[] = await collect(classifier.predict(sources))
  assert.deepEqual(
    outcomes.map(({ index }) => index),
    [...files.keys()],
  )
  for (const { index, probabilities, error } of outcomes) {
    if (index % 5 === 4) assert.equal(error?.code, 'image')
    else assertClose(probabilities!, byLabel(await classifier.classify(files[index]!)))
  }
})

test('a closed classifier says so, and closing it again does nothing', async () => {
  const other: Classifier = await load(bytes)
  await other.close()
  await other.close()
  const closed = /Expected an open classifier. Received: one that was closed/
  await assert.rejects(other.classify(noisyImage(4, 4)), closed)
  await assert.rejects(collect(other.classifyAll(['a.png'])), closed)
  await assert.rejects(collect(other.predict([])), closed)
  await assert.rejects(other.probabilities([noisyImage(4, 4)]), closed)
})
