// What Graft answers for photographs, for bundle_onnxruntime.py to compare with; needs a build in dist:
//   node scripts/parity/bundle_answers.mjs WEIGHTS PHOTOS OUT
// For each fit it writes OUT/FIT.onnx, a bundle of the backbone with a made head, and OUT/FIT.json, its answers;
// besides, the raw pixels of every photograph as OUT/N.rgb.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildBundle } from '../../dist/src/bundle/build.js'
import { load } from '../../dist/src/bundle/classifier.js'
import { headNames } from '../../dist/src/model/head.js'
import { initialWeight } from '../../dist/src/model/init.js'
import { mobilenetV2 } from '../../dist/src/model/mobilenet-v2.js'
import { matchWeights } from '../../dist/src/model/weights/match.js'
import { readWeights } from '../../dist/src/model/weights/read.js'
import { decodeImage } from '../../dist/src/pipeline/decode.js'

const [weightsPath, photos, out] = process.argv.slice(2)
const size = 224
const classNames = ['ant', "bee's", 'cactus 🌵', 'new\nline', '<b>']

const backbone = mobilenetV2({ alpha: 0.35, size })
const expected = new Map(
  backbone.graph.inputs.filter(({ name }) => name !== backbone.input).map(input => [input.name, input]),
)
const { tensors } = matchWeights(expected, await readWeights(weightsPath))
const channels = backbone.graph.values.get(backbone.output).shape[1]
const head = [
  { name: headNames.kernel, shape: [channels, classNames.length] },
  { name: headNames.bias, shape: [classNames.length] },
]
// Twenty times Glorot's weights, so that answers are as decided as those of a trained head.
const made = head.map(weight => {
  const { data, ...rest } = initialWeight(weight, 1)
  return [weight.name, { ...rest, data: data.map(value => value * 20) }]
})
const card = {
  createdBy: 'graft',
  createdAt: null,
  backbone: { name: 'MobileNetV2 0.35', source: 'Keras', licence: 'Apache-2.0' },
  data: { name: 'none', fingerprint: '', train: 0, validation: 0, test: 0 },
  training: { recipe: 'none', seed: 1, epoch: 0 },
  figures: { validation: null, test: null },
}

mkdirSync(out, { recursive: true })
const files = readdirSync(photos, { recursive: true })
  .filter(name => /\.jpe?g$/i.test(name))
  .sort()
const images = []
for (const [n, name] of files.entries()) {
  const image = await decodeImage(readFileSync(join(photos, name)), { name })
  writeFileSync(join(out, `${n}.rgb`), image.data)
  images.push(image)
}
for (const fit of ['squash', 'pad', 'crop']) {
  const bytes = buildBundle({
    backbone,
    weights: new Map([...tensors, ...made]),
    head: { pooling: 'average', activation: 'softmax', classes: classNames.length },
    preprocessing: { size, fit, background: [255, 128, 0] },
    classNames,
    card,
  })
  writeFileSync(join(out, `${fit}.onnx`), bytes)
  const classifier = await load(bytes)
  const fromPixels = await classifier.probabilities(images, { batch: 1 })
  const fromFiles = []
  const sources = files.map(name => ({ type: 'file', path: join(photos, name) }))
  for await (const { probabilities, error } of classifier.predict(sources)) {
    if (error) throw error
    fromFiles.push(Array.from(probabilities))
  }
  await classifier.close()
  const pictures = files.map((name, n) => {
    const { width, height } = images[n]
    return { name, width, height, fromPixels: Array.from(fromPixels[n]), fromFiles: fromFiles[n] }
  })
  writeFileSync(join(out, `${fit}.json`), JSON.stringify({ classNames, pictures }))
}
console.log(`${files.length} photographs, three bundles in ${out}`)
