// A run's layers model, run by TensorFlow.js itself on the run's validation images; needs a build in dist, and
// TensorFlow.js in a folder of its own (npm i @tensorflow/tfjs@4.22.0 there):
//   node scripts/parity/tfjs.mjs RUN DATA TFJS_FOLDER [IMAGES]
// The network gets the same squares from both sides. Prints the largest difference of any probability.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join, resolve } from 'node:path'
import { openEngine } from '../../dist/src/bundle/engine.js'
import { loadBundle } from '../../dist/src/bundle/load-bundle.js'
import { readDataset } from '../../dist/src/dataset/dataset.js'
import { tfjsFiles } from '../../dist/src/export/tfjs.js'
import { toTensorNhwc } from '../../dist/src/pipeline/tensor.js'

const [run, data, tfjs, images = '40'] = process.argv.slice(2)
const tf = createRequire(join(resolve(tfjs), 'index.js'))('@tensorflow/tfjs')
await tf.setBackend('cpu')
const bundle = loadBundle(run)
const model = await tf.loadLayersModel(handlerOf(tfjsFiles(bundle, basename(run))))
const engine = await openEngine(bundle)

const held = new Set(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).data.validation)
const { examples } = await readDataset(data)
const sources = examples.filter(({ id }) => held.has(id)).map(({ source }) => source)
let [compared, largest, changed] = [0, 0, 0]
for await (const { pixels, indices } of engine.pool().decode(sources.slice(0, Number(images)))) {
  const judgements = await engine.run(pixels, 16)
  const rows = await answersOf(pixels, indices.length)
  for (const [at, { probabilities }] of judgements.entries()) {
    const apart = Array.from(probabilities, (value, k) => Math.abs(value - rows[at][k]))
    largest = Math.max(largest, ...apart)
    if (best(probabilities) !== best(rows[at])) changed++
    compared++
  }
}
await engine.close()
console.log(`TensorFlow.js ${tf.version.tfjs}, backend ${tf.getBackend()}, ${model.layers.length} layers`)
console.log(`${compared} images: largest difference ${largest}, ${changed} answers changed`)

/** What `tf.loadLayersModel` reads, from the export's files. */
function handlerOf(files) {
  const { modelTopology, weightsManifest, format } = JSON.parse(files.get('model.json'))
  const bytes = files.get('weights.bin')
  return {
    load: async () => ({
      format,
      modelTopology,
      weightSpecs: weightsManifest[0].weights,
      weightData: bytes.slice().buffer,
    }),
  }
}

/** The probabilities, [count][K], of squares, uint8 [count, size, size, 3]. */
async function answersOf(pixels, count) {
  const { size } = bundle.facts.preprocessing
  const values = tf.tensor(toTensorNhwc(pixels, size), [count, size, size, 3])
  const answers = model.predict(values)
  const rows = await answers.array()
  tf.dispose([values, answers])
  return rows
}

function best(row) {
  return row.indexOf(Math.max(...row))
}
